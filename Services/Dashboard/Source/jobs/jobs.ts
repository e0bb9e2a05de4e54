import { get, query } from "../api/client";
import type { Job } from "../api/types";

export type Service = "audio" | "video";

export const serviceOf = (operation: string): Service => (operation.startsWith("video.") ? "video" : "audio");
export const isOver = (job: Job): boolean => job.state === "succeeded" || job.state === "failed" || job.state === "cancelled";

const pageSize = 25;

/** What was read of one service's jobs. */
export interface Reading {
  service: Service;
  jobs: Job[];
  next?: string;
}

/** One more page of each service that has one. */
export async function readMore(readings: Reading[], state: string, signal: AbortSignal): Promise<Reading[]> {
  return Promise.all(
    readings.map(async (reading) => {
      if (reading.jobs.length && !reading.next) return reading;
      const path = query(`/${reading.service}/jobs`, { state, limit: pageSize, before: reading.next });
      const page = await get<{ jobs: Job[]; next?: string | null }>(path, signal);
      return { ...reading, jobs: [...reading.jobs, ...page.jobs], next: page.next ?? undefined };
    }),
  );
}

/** The jobs of all services, newest first, as far as all were read: what is older than the last of a service with more pages
 *  would not be complete. */
export function merged(readings: Reading[]): Job[] {
  const ends = readings.filter((reading) => reading.next).map((reading) => reading.jobs.at(-1)?.created ?? "");
  const end = ends.sort().at(-1) ?? "";
  return readings
    .flatMap((reading) => reading.jobs)
    .filter((job) => job.created >= end)
    .sort((a, b) => b.created.localeCompare(a.created));
}

/** From the start to the end, or to now, in seconds. */
export function took(job: Job): number | undefined {
  if (!job.started) return undefined;
  return ((job.finished ? Date.parse(job.finished) : Date.now()) - Date.parse(job.started)) / 1000;
}
