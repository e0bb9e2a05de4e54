import { type FormEvent, useState } from "react";
import { post } from "../api/client";
import { Problem } from "../api/problem";
import type { Job, Operation } from "../api/types";
import { words } from "../format";
import { Card } from "../parts/Card";
import { Field } from "../parts/Field";
import { Load } from "../parts/Load";
import { announce } from "../state/announce";
import { go } from "../state/router";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { FileChooser } from "./FileChooser";
import { serviceOf } from "./jobs";
import { operations } from "./operations";
import { ParameterForm } from "./ParameterForm";
import { parameterOf, read } from "./parameters";
import { type Chosen, useUploads } from "./uploads";

function wrongFiles(operation: Operation, files: Chosen[]): string | undefined {
  if (files.some((file) => !file.id)) return texts.jobs.waitForUploads;
  const { minimum, maximum } = operation.inputs;
  if (files.length < minimum) return texts.jobs.needsFiles(minimum);
  // Of an operation on one file, several are a batch.
  if (maximum > 1 && files.length > maximum) return texts.jobs.tooManyFiles(maximum);
  return undefined;
}

/** Several files are inputs of one job where the operation takes them together, else a job each. */
function body(files: Chosen[], parameters: Record<string, unknown>) {
  const ids = files.flatMap((file) => file.id ?? []);
  if (ids.length === 0) return { parameters };
  return ids.length === 1 ? { input: ids[0], parameters } : { inputs: ids, parameters };
}

/** Choose files, an operation and its settings; then it runs. */
export function NewJobPage() {
  const loaded = useLoad(operations, "operations");
  const uploads = useUploads();
  const [name, setName] = useState("audio.normalize");
  const [entered, setEntered] = useState<Record<string, string>>({});
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [isBusy, setBusy] = useState(false);

  async function submit(event: FormEvent, operation: Operation) {
    event.preventDefault();
    const { values, problems: found } = read(entered, operation.parameters);
    const files = wrongFiles(operation, uploads.files);
    setProblems(files ? { ...found, files } : found);
    if (files || Object.keys(found).length) return;
    setBusy(true);
    try {
      const job = await post<Job & { batch?: string }>(operation.path, body(uploads.files, values));
      announce(texts.jobs.started);
      if (job.id.startsWith("job_")) go("jobs", serviceOf(operation.name), job.id);
      else go("jobs");
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem(0, "page", String(error));
      setProblems({ [parameterOf(problem, operation.parameters) ?? "all"]: problem.message });
      setBusy(false);
    }
  }

  return (
    <Load from={loaded}>
      {(list) => {
        const operation = list.find((item) => item.name === name) ?? list[0];
        if (!operation) return null;
        // What was wrong with the files may be right by now.
        const wrong = problems.files && wrongFiles(operation, uploads.files);
        const groups = [...new Set(list.map((item) => serviceOf(item.name)))];
        return (
          <form className="new-job" noValidate onSubmit={(event) => void submit(event, operation)}>
            <FileChooser uploads={uploads} problem={wrong} />
            <Card title={texts.jobs.operation}>
              <Field label={texts.jobs.operation} help={operation.summary}>
                {(attributes) => (
                  <select
                    {...attributes}
                    name="operation"
                    value={operation.name}
                    onChange={(event) => {
                      setName(event.target.value);
                      setEntered({});
                      setProblems({});
                    }}
                  >
                    {groups.map((group) => (
                      <optgroup key={group} label={texts.jobs.services[group]}>
                        {list
                          .filter((item) => serviceOf(item.name) === group)
                          .map((item) => (
                            <option key={item.name} value={item.name}>
                              {words(item.name.split(".")[1] ?? item.name)}
                            </option>
                          ))}
                      </optgroup>
                    ))}
                  </select>
                )}
              </Field>
              <h3>{texts.jobs.settings}</h3>
              <ParameterForm
                key={operation.name}
                schema={operation.parameters}
                entered={entered}
                problems={problems}
                change={(parameter, text) => setEntered({ ...entered, [parameter]: text })}
              />
              <div role="alert">
                {problems.all && <p className="wrong">{problems.all}</p>}
                {wrong && <p className="wrong">{wrong}</p>}
              </div>
              <button type="submit" className="primary" disabled={isBusy}>
                {isBusy ? texts.jobs.starting : texts.jobs.run}
              </button>
            </Card>
          </form>
        );
      }}
    </Load>
  );
}
