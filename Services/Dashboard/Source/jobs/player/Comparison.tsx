import { useRef, useState } from "react";
import type { JobFile } from "../../api/types";
import { bytes } from "../../format";
import { Choice } from "../../parts/Choice";
import { Loading } from "../../parts/Loading";
import { texts } from "../../texts";
import { AudioPlayer } from "./AudioPlayer";
import { useContent } from "./useContent";

type Side = "before" | "after";
/** What is fetched without being asked for. */
const small = 100_000_000;

/** Two recordings in one player: a switch changes between them while it plays, at the same place. */
export function Comparison({ before, after }: { before: JobFile; after: JobFile }) {
  const [side, setSide] = useState<Side>("after");
  const [wanted, setWanted] = useState(before.size + after.size <= small);
  const frame = useRef<HTMLDivElement>(null);
  const contents = { before: useContent(before, wanted), after: useContent(after, wanted) };

  function choose(next: Side) {
    const players = frame.current?.querySelectorAll("audio");
    const [from, to] = next === "after" ? [players?.[0], players?.[1]] : [players?.[1], players?.[0]];
    if (from && to) {
      to.currentTime = from.currentTime;
      if (!from.paused) {
        from.pause();
        // A browser that wants another click for it is left to its wish.
        to.play().catch(() => undefined);
      }
    }
    setSide(next);
  }

  if (!wanted)
    return (
      <button type="button" onClick={() => setWanted(true)}>
        {texts.jobs.largePreview(bytes(before.size + after.size))}
      </button>
    );
  return (
    <div className="comparison" ref={frame}>
      <div className="row">
        <Choice
          label={texts.jobs.compare}
          value={side}
          choose={choose}
          options={[
            ["before", texts.jobs.before],
            ["after", texts.jobs.after],
          ]}
        />
        <span className="help">{texts.jobs.compareHint}</span>
      </div>
      {(["before", "after"] as const).map((name) => {
        const { content, problem } = contents[name];
        return (
          <div key={name} hidden={name !== side} data-side={name}>
            {content ? (
              <AudioPlayer content={content} label={name === "before" ? texts.jobs.before : texts.jobs.after} />
            ) : (
              <Loading text={problem} />
            )}
          </div>
        );
      })}
    </div>
  );
}
