import type { Job } from "../api/types";
import { bytes, duration, none, words } from "../format";
import { Card } from "../parts/Card";
import { Download } from "../parts/Download";
import { texts } from "../texts";

function shown(value: unknown) {
  if (typeof value === "boolean") return value ? texts.jobs.yes : texts.jobs.no;
  return typeof value === "object" ? <code>{JSON.stringify(value)}</code> : String(value);
}

/** What the job worked on and with. */
export function JobDetails({ job }: { job: Job }) {
  const given = Object.entries(job.parameters ?? {}).filter(([, value]) => value !== null && value !== "");
  return (
    <Card title={texts.jobs.details}>
      {job.inputs.length > 0 && (
        <>
          <h3>{texts.jobs.inputs}</h3>
          <ul className="results">
            {job.inputs.map((input) => (
              <li key={input.file} className="row">
                <span className="clip">
                  <strong>{input.name}</strong> <span className="muted">{bytes(input.size)}</span>
                </span>
                <Download path={`/files/${input.file}/content`} name={input.name} label={`${texts.jobs.download}: ${input.name}`}>
                  {texts.jobs.download}
                </Download>
              </li>
            ))}
          </ul>
        </>
      )}
      {given.length > 0 && (
        <>
          <h3>{texts.jobs.parameters}</h3>
          <dl>
            {given.map(([name, value]) => (
              <div key={name}>
                <dt>{words(name)}</dt>
                <dd>{shown(value)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      <h3>{texts.jobs.details}</h3>
      <dl>
        <div>
          <dt>{texts.jobs.attempts}</dt>
          <dd>{job.attempts}</dd>
        </div>
        <div>
          <dt>{texts.jobs.cpu}</dt>
          <dd>{job.result?.usage ? duration(job.result.usage.cpu_seconds) : none}</dd>
        </div>
        <div>
          <dt>{texts.jobs.memory}</dt>
          <dd>{job.result?.usage ? bytes(job.result.usage.peak_memory_bytes) : none}</dd>
        </div>
        <div>
          <dt>{texts.scripts.runColumns.id}</dt>
          <dd>
            <code>{job.id}</code>
          </dd>
        </div>
      </dl>
    </Card>
  );
}
