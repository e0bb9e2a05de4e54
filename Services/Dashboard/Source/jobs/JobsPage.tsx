import { useState } from "react";
import type { JobState } from "../api/types";
import { Choice } from "../parts/Choice";
import { Download } from "../parts/Download";
import { Icon } from "../parts/Icon";
import { href } from "../state/router";
import { texts } from "../texts";
import { JobList } from "./JobList";
import type { Service } from "./jobs";

type Filter = JobState | "";
/** So many days of jobs are exported; other spans can be had from the settings. */
const exported = 30;
const states: Filter[] = ["", "running", "queued", "succeeded", "failed", "cancelled"];

/** All jobs, with what narrows the list.
 *  @param chosen the state whose jobs are shown first. */
export function JobsPage({ chosen }: { chosen?: string }) {
  const [state, setState] = useState<Filter>(states.find((one) => one === chosen) ?? "");
  const [service, setService] = useState<Service | "">("");
  return (
    <>
      <div className="page-tools">
        <label className="inline">
          <span>{texts.jobs.state}</span>
          <select value={state} onChange={(event) => setState(event.target.value as Filter)}>
            {states.map((name) => (
              <option key={name} value={name}>
                {name ? texts.states[name] : texts.all}
              </option>
            ))}
          </select>
        </label>
        <Choice
          label={texts.jobs.service}
          value={service}
          choose={setService}
          options={[
            ["", texts.all],
            ["audio", texts.jobs.services.audio],
            ["video", texts.jobs.services.video],
          ]}
        />
        <span className="grow" />
        <Download
          path={`/api/export/runs.csv?days=${exported}`}
          name={`jobs-${exported}-days.csv`}
          label={`${texts.exports.label} ${texts.exports.csv}, ${texts.lastDays(exported)}`}
        >
          {texts.exports.csv}
        </Download>
        <a className="button primary" href={href("jobs", "new")}>
          <Icon name="plus" />
          {texts.jobs.newJob}
        </a>
      </div>
      <JobList key={`${service} ${state}`} state={state} service={service} />
    </>
  );
}
