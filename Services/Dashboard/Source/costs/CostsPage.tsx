import { useState } from "react";
import { query } from "../api/client";
import type { Costs } from "../api/types";
import { dollars } from "../format";
import { useFresh } from "../overview/useFresh";
import { Card } from "../parts/Card";
import { Days } from "../parts/Days";
import { Download } from "../parts/Download";
import { Load } from "../parts/Load";
import { texts } from "../texts";
import { CostByDay } from "./CostByDay";
import { CostDays } from "./CostDays";
import { CostGroups } from "./CostGroups";

type Grouping = keyof typeof texts.costs.groupings;

/** What was spent, on what, and what the month will have cost. */
export function CostsPage() {
  const [days, setDays] = useState(30);
  const [by, setBy] = useState<Grouping>("model");
  // Days are the chart's; the service groups by everything else.
  const loaded = useFresh<Costs>(query("/api/costs", { days, by: by === "day" ? "model" : by }));
  return (
    <>
      <div className="page-tools">
        <Days value={days} choose={setDays} options={[1, 7, 30, 90]} />
        <span className="grow" />
        <Download
          path={query("/api/export/breakdown.csv", { days })}
          name={`costs-${days}-days.csv`}
          label={`${texts.exports.label} ${texts.exports.csv}`}
        >
          {texts.exports.csv}
        </Download>
      </div>
      <Load from={loaded}>
        {(costs) => {
          const tiles: [string, number][] = [
            [texts.costs.period, costs.total.sum],
            [texts.costs.spent, costs.month.spent],
            [texts.costs.projected, costs.month.projected],
            [texts.costs.saved, costs.saved],
          ];
          return (
            <ul className="tiles plain" aria-label={texts.costs.month}>
              {tiles.map(([title, value]) => (
                <li key={title} className="tile">
                  <span className="tile-title">{title}</span>
                  <span className="tile-value">{dollars(value)}</span>
                </li>
              ))}
            </ul>
          );
        }}
      </Load>
      <CostByDay days={days} />
      <Card
        title={texts.costs.groups}
        tools={
          <label className="inline">
            <span>{texts.costs.by}</span>
            <select value={by} onChange={(event) => setBy(event.target.value as Grouping)}>
              {Object.entries(texts.costs.groupings).map(([name, title]) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        }
      >
        {by === "day" ? <CostDays days={days} /> : <CostGroups title={texts.costs.groupings[by]} loaded={loaded} />}
      </Card>
    </>
  );
}
