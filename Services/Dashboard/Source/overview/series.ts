import type { SeriesDocument } from "../api/types";

/** The days of a period with the sums of all its series together; days without rows are zero. */
export function daily(document: SeriesDocument): { days: string[]; values: number[] } {
  const sums = new Map<string, number>();
  for (let time = Date.parse(document.from); time < Date.parse(document.to); time += 86_400_000) {
    sums.set(new Date(time).toISOString(), 0);
  }
  for (const { points } of document.series) {
    for (const [time, , sum] of points) sums.set(time, (sums.get(time) ?? 0) + sum);
  }
  return { days: [...sums.keys()], values: [...sums.values()] };
}
