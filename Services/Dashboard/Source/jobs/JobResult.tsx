import type { Job, JobFile, Schema } from "../api/types";
import { bytes } from "../format";
import { Card } from "../parts/Card";
import { Download } from "../parts/Download";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { Measurements } from "./Measurements";
import { operations } from "./operations";
import { Comparison } from "./player/Comparison";
import { Preview } from "./player/Preview";

const isAudio = (file: JobFile | undefined): file is JobFile => file?.media_type.startsWith("audio/") ?? false;
const contentPath = (file: JobFile) => `/files/${file.file}/content`;

/** Files that can be played, shown and downloaded, and what was measured. */
export function JobResult({ job }: { job: Job }) {
  const known = useLoad(operations, "operations");
  const schema: Schema = known.data?.find((operation) => operation.name === job.operation)?.output.measurements ?? {};
  const { files = [], measurements = {} } = job.result ?? {};
  const [input] = job.inputs;
  const output = files[0];
  const compares = job.inputs.length === 1 && files.length === 1 && isAudio(input) && isAudio(output);
  return (
    <Card title={texts.jobs.result}>
      {compares && <Comparison before={input} after={output} />}
      <ul className="results">
        {files.map((file) => (
          <li key={file.file}>
            <div className="row">
              <span className="clip">
                <strong>{file.name}</strong> <span className="muted">{bytes(file.size)}</span>
              </span>
              <Download path={contentPath(file)} name={file.name} label={`${texts.jobs.download}: ${file.name}`}>
                {texts.jobs.download}
              </Download>
            </div>
            {!compares && <Preview file={file} />}
          </li>
        ))}
      </ul>
      {Object.keys(measurements).length > 0 && (
        <>
          <h3>{texts.jobs.measurements}</h3>
          <Measurements values={measurements} schema={schema} />
        </>
      )}
    </Card>
  );
}
