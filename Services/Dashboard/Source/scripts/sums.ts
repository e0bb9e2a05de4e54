import type { Sum } from "../api/types";

export type Sums = Record<string, Sum>;
export type Scripts = Record<string, Sums>;

export const sum = (sums: Sums, type: string): number | undefined => sums[type]?.sum;

export const errors = (sums: Sums): number | undefined => sum(sums, "errors");

/** How many measurements there are of a script. */
export const measured = (sums: Sums): number => Object.values(sums).reduce((count, one) => count + one.count, 0);

/** What part of the jobs and runs of a script did well. */
export function success(sums: Sums): number | undefined {
  const jobs = sum(sums, "jobs");
  if (jobs) return 1 - (sum(sums, "jobs_failed") ?? 0) / jobs;
  const runs = sum(sums, "runs");
  return runs ? (sum(sums, "runs_succeeded") ?? 0) / runs : undefined;
}

/** How long a job, run or call took on average, seconds. */
export const time = (sums: Sums): number | undefined => (sums.processing_seconds ?? sums.run_seconds ?? sums.llm_seconds)?.mean;
