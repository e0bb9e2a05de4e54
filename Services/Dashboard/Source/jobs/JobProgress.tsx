import type { Connection } from "../api/events";
import type { Job } from "../api/types";
import { duration } from "../format";
import { Ago } from "../parts/Ago";
import { Badge } from "../parts/Badge";
import { Card } from "../parts/Card";
import { Progress } from "../parts/Progress";
import { StateBadge } from "../parts/StateBadge";
import { texts } from "../texts";
import { isOver, took } from "./jobs";

/** The state of a job, and why it failed. */
export function JobProgress({ job, connection }: { job: Job; connection: Connection }) {
  return (
    <Card
      title={job.operation}
      tools={
        <>
          {job.cached && <Badge tone="plain">{texts.jobs.cached}</Badge>}
          {!isOver(job) && <Badge tone={connection === "live" ? "good" : "warn"}>{texts.connection[connection]}</Badge>}
          <span data-job-state={job.state}>
            <StateBadge state={job.state} />
          </span>
        </>
      }
    >
      {!isOver(job) && (
        <>
          <Progress value={job.progress} label={texts.jobs.progress} />
          <p className="help">
            {Math.round(job.progress * 100)} %{job.stage ? ` · ${job.stage}` : ""}
          </p>
        </>
      )}
      {job.problem && job.state !== "succeeded" && job.state !== "cancelled" && (
        <div className="failure">
          <p className="empty-title">{texts.jobs.problem}</p>
          <p>{job.problem.message}</p>
        </div>
      )}
      <p className="muted">
        <Ago at={job.created} />
        {took(job) !== undefined && ` · ${texts.jobs.columns.took.toLowerCase()} ${duration(took(job))}`}
      </p>
    </Card>
  );
}
