import { bytes } from "../format";
import { Icon } from "../parts/Icon";
import { Progress } from "../parts/Progress";
import { texts } from "../texts";
import type { Chosen, Uploads } from "./uploads";

function state(item: Chosen): string {
  if (item.problem) return item.problem;
  if (item.id) return texts.jobs.uploaded;
  if (item.isPaused) return texts.jobs.paused;
  if (item.progress?.state === "waiting") return texts.jobs.waiting;
  return texts.jobs.uploading(Math.floor(((item.progress?.sent ?? 0) / Math.max(item.size, 1)) * 100));
}

/** A chosen file and how far its upload is. */
export function ChosenFile({ item, uploads }: { item: Chosen; uploads: Uploads }) {
  const done = item.id !== undefined;
  return (
    <li className="chosen-file">
      <div className="row">
        <strong className="clip">{item.name}</strong>
        <span className="row">
          {!done &&
            (item.isPaused ? (
              <button type="button" onClick={() => uploads.resume(item)}>
                {texts.jobs.resume}
              </button>
            ) : (
              <button type="button" onClick={() => uploads.pause(item.key)}>
                {texts.jobs.pause}
              </button>
            ))}
          <button
            type="button"
            className="bare"
            aria-label={`${texts.remove}: ${item.name}`}
            onClick={() => uploads.drop(item.key)}
          >
            <Icon name="close" />
          </button>
        </span>
      </div>
      {!done && <Progress value={(item.progress?.sent ?? 0) / Math.max(item.size, 1)} label={item.name} />}
      <p className={item.problem ? "wrong" : "help"}>
        {bytes(item.size)} · {state(item)}
      </p>
    </li>
  );
}
