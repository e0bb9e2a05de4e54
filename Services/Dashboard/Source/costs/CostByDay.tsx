import type { SeriesDocument } from "../api/types";
import { day, dollars } from "../format";
import { daily } from "../overview/series";
import { useFresh } from "../overview/useFresh";
import { Card } from "../parts/Card";
import { Load } from "../parts/Load";
import { Trend } from "../parts/Trend";
import { texts } from "../texts";

/** Costs of each day. */
export function CostByDay({ days }: { days: number }) {
  const loaded = useFresh<SeriesDocument>(`/api/metrics/${days}?type=cost_dollars`);
  return (
    <Card title={texts.costs.byDay}>
      <Load from={loaded}>
        {(document) => {
          const { days: dates, values } = daily(document);
          return <Trend title={texts.costs.byDay} labels={dates.map(day)} values={values} kind="bar" format={dollars} />;
        }}
      </Load>
    </Card>
  );
}
