import { get } from "../api/client";
import type { StoredFile } from "../api/types";
import { ago, bytes } from "../format";
import { Card } from "../parts/Card";
import { Failure } from "../parts/Failure";
import { Field } from "../parts/Field";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { ChosenFile } from "./ChosenFile";
import { DropZone } from "./DropZone";
import type { Uploads } from "./uploads";

/** What the job works on: new files, or some that were uploaded before. */
export function FileChooser({ uploads, problem }: { uploads: Uploads; problem?: string }) {
  const earlier = useLoad((signal) => get<{ files: StoredFile[] }>("/files?limit=100", signal), "files");
  const files = earlier.data?.files ?? [];
  const hint = files.length ? texts.jobs.chooseEarlier : earlier.data ? texts.jobs.noEarlier : texts.loading;
  return (
    <Card title={texts.jobs.files}>
      <DropZone add={uploads.add} />
      <ul className="chosen-files">
        {uploads.files.map((item) => (
          <ChosenFile key={item.key} item={item} uploads={uploads} />
        ))}
      </ul>
      {!earlier.data && earlier.problem ? (
        <Failure problem={earlier.problem} retry={earlier.reload} />
      ) : (
        <Field label={texts.jobs.earlier} problem={problem}>
          {(attributes) => (
            <select
              {...attributes}
              value=""
              disabled={files.length === 0}
              onChange={(event) => {
                const file = files.find(({ id }) => id === event.target.value);
                if (file) uploads.take(file.id, file.name, file.size);
              }}
            >
              <option value="">{hint}</option>
              {files.map((file) => (
                <option key={file.id} value={file.id}>{`${file.name} · ${bytes(file.size)} · ${ago(file.created)}`}</option>
              ))}
            </select>
          )}
        </Field>
      )}
    </Card>
  );
}
