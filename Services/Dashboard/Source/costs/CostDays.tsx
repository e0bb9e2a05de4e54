import type { SeriesDocument } from "../api/types";
import { day } from "../format";
import { useFresh } from "../overview/useFresh";
import { Load } from "../parts/Load";
import { texts } from "../texts";
import { CostTable, type Group } from "./CostGroups";

/** The sums of each day on which something was paid or called. */
function byDay(costs: SeriesDocument, calls: SeriesDocument): Group[] {
  const groups = new Map<string, Group>();
  function add(document: SeriesDocument, field: "cost" | "calls") {
    for (const { points } of document.series) {
      for (const [time, , sum] of points) {
        const group = groups.get(time) ?? { name: day(time), order: time, calls: 0, cost: 0 };
        groups.set(time, { ...group, [field]: group[field] + sum });
      }
    }
  }
  add(costs, "cost");
  add(calls, "calls");
  return [...groups.values()];
}

/** Costs and calls of models by day. */
export function CostDays({ days }: { days: number }) {
  const costs = useFresh<SeriesDocument>(`/api/metrics/${days}?type=cost_dollars`);
  const calls = useFresh<SeriesDocument>(`/api/metrics/${days}?type=llm_calls`);
  const title = texts.costs.groupings.day;
  return (
    <Load from={costs}>
      {(paid) => <Load from={calls}>{(called) => <CostTable groups={byDay(paid, called)} title={title} isDays />}</Load>}
    </Load>
  );
}
