import { useEffect, useState } from "react";
import { query } from "../api/client";
import type { Costs } from "../api/types";
import { useFresh } from "../overview/useFresh";
import { Card } from "../parts/Card";
import { Days } from "../parts/Days";
import { Download } from "../parts/Download";
import { Load } from "../parts/Load";
import { Loading } from "../parts/Loading";
import { texts } from "../texts";
import { CostByDay } from "./CostByDay";
import { CostDays } from "./CostDays";
import { CostGroups, type Grouping } from "./CostGroups";
import { CostTiles } from "./CostTiles";

/** What costs are shown by until something is chosen: models, unless most was paid for something else. */
function telling({ groups = [], total }: Costs): Grouping {
  return groups.reduce((sum, group) => sum + group.cost, 0) < total.sum / 2 ? "script" : "model";
}

/** Costs by what is chosen. */
function GroupedBy({ by, days, choose }: { by: Grouping; days: number; choose: (by: Grouping) => void }) {
  const loaded = useFresh<Costs>(query("/api/costs", { days, by }));
  return <CostGroups by={by} loaded={loaded} toScripts={() => choose("script")} />;
}

/** What was spent, on what, and what the month will have cost. */
export function CostsPage() {
  const [days, setDays] = useState(30);
  const [by, setBy] = useState<Grouping>();
  const loaded = useFresh<Costs>(query("/api/costs", { days, by: "model" }));
  const { data, problem } = loaded;
  // What the first answer makes of it stays, whatever comes later.
  useEffect(() => {
    if (data || problem) setBy((old) => old ?? (data ? telling(data) : "model"));
  }, [data, problem]);
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
      <Load from={loaded}>{(costs) => <CostTiles costs={costs} />}</Load>
      <CostByDay days={days} />
      <Card
        title={texts.costs.groups}
        tools={
          <label className="inline">
            <span>{texts.costs.by}</span>
            <select value={by ?? "model"} onChange={(event) => setBy(event.target.value as Grouping)}>
              {Object.entries(texts.costs.groupings).map(([name, title]) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        }
      >
        {by === undefined && <Loading />}
        {by === "day" && <CostDays days={days} />}
        {by === "model" && <CostGroups by={by} loaded={loaded} toScripts={() => setBy("script")} />}
        {by && by !== "day" && by !== "model" && <GroupedBy key={by} by={by} days={days} choose={setBy} />}
      </Card>
    </>
  );
}
