import { useState } from "react";
import type { Indicator } from "../api/types";
import { Card } from "../parts/Card";
import { Load } from "../parts/Load";
import { texts } from "../texts";
import { IndicatorTile } from "./IndicatorTile";
import { useFresh } from "./useFresh";

/** Those that are shown first, in this order: what ran, whether it worked, what it cost. */
const first = ["jobs", "job_success_rate", "errors", "cost", "media_hours", "processing_time", "llm_calls", "runs"];

/** These are shown even when there is nothing of them. */
const always = ["jobs", "errors", "cost"];

/** The figures that are shown first, and the others: where nothing was measured, something that was takes the place. */
function arranged(kpis: Indicator[]): [Indicator[], Indicator[]] {
  const isEmpty = ({ value, before }: Indicator) => !value && !before;
  const spare = kpis.filter((kpi) => !first.includes(kpi.name) && !isEmpty(kpi));
  const leading = first
    .flatMap((name) => kpis.filter((kpi) => kpi.name === name))
    .map((kpi) => (isEmpty(kpi) && !always.includes(kpi.name) && spare.shift()) || kpi);
  return [leading, kpis.filter((kpi) => !leading.includes(kpi))];
}

export function Indicators({ days }: { days: number }) {
  const [showsAll, setShowsAll] = useState(false);
  const loaded = useFresh<{ kpis: Indicator[] }>(`/api/kpis?days=${days}`);
  return (
    <Card
      title={texts.overview.kpis}
      tools={
        <button type="button" className="bare" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? texts.overview.fewerKpis : texts.overview.moreKpis}
        </button>
      }
    >
      <Load from={loaded}>
        {({ kpis }) => {
          const [leading, rest] = arranged(kpis);
          return (
            <ul className="tiles">
              {[...leading, ...(showsAll ? rest : [])].map((kpi) => (
                <IndicatorTile key={kpi.name} indicator={kpi} days={days} />
              ))}
            </ul>
          );
        }}
      </Load>
    </Card>
  );
}
