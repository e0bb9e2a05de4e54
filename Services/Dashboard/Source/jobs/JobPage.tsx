import { useState } from "react";
import { post, remove } from "../api/client";
import { Failure } from "../parts/Failure";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/Loading";
import { announce } from "../state/announce";
import { go, href } from "../state/router";
import { texts } from "../texts";
import { JobDetails } from "./JobDetails";
import { JobProgress } from "./JobProgress";
import { JobResult } from "./JobResult";
import { isOver, type Service } from "./jobs";
import { useJob } from "./useJob";

/** One job: how far it is, and what came of it. */
export function JobPage({ service, id }: { service: Service; id: string }) {
  const [turn, setTurn] = useState(0);
  const { job, problem, connection } = useJob(service, id, turn);
  const path = `/${service}/jobs/${id}`;

  async function act(action: () => Promise<unknown>, text: string) {
    try {
      const made = (await action()) as { id?: string } | undefined;
      announce(text);
      if (made?.id && made.id !== id) go("jobs", service, made.id);
      else setTurn(turn + 1);
    } catch (error) {
      announce(error instanceof Error ? error.message : texts.failed, "bad");
    }
  }

  if (!job) return problem ? <Failure problem={problem} retry={() => setTurn(turn + 1)} /> : <Loading />;
  return (
    <>
      <div className="page-tools">
        <a href={href("jobs")} className="button">
          <Icon name="left" />
          {texts.jobs.back}
        </a>
        <span className="grow" />
        {!isOver(job) && (
          <button type="button" className="danger" onClick={() => void act(() => remove(path), texts.jobs.cancelled)}>
            {texts.jobs.cancelJob}
          </button>
        )}
        {(job.state === "failed" || job.state === "cancelled") && (
          <button type="button" className="primary" onClick={() => void act(() => post(`${path}/retry`), texts.jobs.started)}>
            {texts.jobs.retryJob}
          </button>
        )}
      </div>
      <JobProgress job={job} connection={connection} />
      {job.result && <JobResult job={job} />}
      <JobDetails job={job} />
    </>
  );
}
