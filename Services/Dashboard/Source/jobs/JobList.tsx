import { useEffect, useRef, useState } from "react";
import { Problem } from "../api/problem";
import type { Job } from "../api/types";
import { duration } from "../format";
import { Ago } from "../parts/Ago";
import { Empty } from "../parts/Empty";
import { Failure } from "../parts/Failure";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/Loading";
import { Progress } from "../parts/Progress";
import { StateBadge } from "../parts/StateBadge";
import { type Column, Table } from "../parts/Table";
import { href } from "../state/router";
import { texts } from "../texts";
import { merged, type Reading, readMore, type Service, serviceOf, took } from "./jobs";

const interval = 3000;

const columns: Column<Job>[] = [
  {
    title: texts.jobs.columns.operation,
    order: (job) => job.operation,
    cell: (job) => (
      <>
        <a href={href("jobs", serviceOf(job.operation), job.id)}>{job.operation}</a>
        <span className="below clip">{job.inputs.map((input) => input.name).join(", ")}</span>
      </>
    ),
  },
  {
    title: texts.jobs.columns.state,
    order: (job) => job.state,
    cell: (job) =>
      job.state === "running" ? <Progress value={job.progress} label={texts.jobs.progress} /> : <StateBadge state={job.state} />,
  },
  {
    title: texts.jobs.columns.created,
    order: (job) => job.created,
    cell: (job) => <Ago at={job.created} />,
  },
  { title: texts.jobs.columns.took, order: took, cell: (job) => duration(took(job)), isFigure: true, isExtra: true },
];

/** The jobs of one service or all; the first page follows what happens while no more were asked for. */
export function JobList({ state, service }: { state: string; service: Service | "" }) {
  const fresh = (): Reading[] => (service ? [service] : (["audio", "video"] as const)).map((name) => ({ service: name, jobs: [] }));
  const [readings, setReadings] = useState<Reading[]>();
  const [problem, setProblem] = useState<Problem>();
  const pages = useRef(1);

  function read(from: Reading[], signal: AbortSignal): void {
    readMore(from, state, signal).then(
      (found) => {
        setReadings(found);
        setProblem(undefined);
      },
      (error: unknown) => {
        if (!signal.aborted) setProblem(error instanceof Problem ? error : new Problem(0, "page", String(error)));
      },
    );
  }

  useEffect(() => {
    const abort = new AbortController();
    read(fresh(), abort.signal);
    const timer = setInterval(() => {
      if (!document.hidden && pages.current === 1) read(fresh(), abort.signal);
    }, interval);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
    // The list begins anew, by its key, when the filter changes.
  }, []);

  if (!readings)
    return problem ? <Failure problem={problem} retry={() => read(fresh(), new AbortController().signal)} /> : <Loading />;
  const jobs = merged(readings);
  return (
    <section className="card" aria-label={texts.jobs.list}>
      {jobs.length ? (
        <Table caption={texts.jobs.list} columns={columns} rows={jobs} name={(job) => job.id} />
      ) : (
        <Empty
          title={state || service ? texts.jobs.emptyFilter : texts.jobs.empty}
          detail={state || service ? undefined : texts.jobs.emptyDetail}
        >
          {!state && (
            <a className="button primary" href={href("jobs", "new")}>
              <Icon name="plus" />
              {texts.jobs.newJob}
            </a>
          )}
        </Empty>
      )}
      {problem && <Failure problem={problem} />}
      {readings.some((reading) => reading.next) && (
        <button
          type="button"
          className="more"
          onClick={() => {
            pages.current += 1;
            read(readings, new AbortController().signal);
          }}
        >
          {texts.more}
        </button>
      )}
    </section>
  );
}
