import { useState } from "react";
import { query } from "../api/client";
import type { SeriesDocument } from "../api/types";
import { day, number, words } from "../format";
import { daily } from "../overview/series";
import { useFresh } from "../overview/useFresh";
import { Card } from "../parts/Card";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import { Trend } from "../parts/Trend";
import { texts } from "../texts";

/** One type of a script's measurements by day. */
export function ScriptTrend({ name, days }: { name: string; days: number }) {
  const [chosen, setChosen] = useState("");
  const loaded = useFresh<SeriesDocument>(query(`/api/metrics/${days}`, { script: name }));
  const types = (loaded.data?.series ?? []).map((series) => series.metric_type).sort();
  const type = types.includes(chosen) ? chosen : (types.find((item) => ["jobs", "runs", "llm_calls"].includes(item)) ?? types[0]);
  return (
    <Card
      title={texts.scripts.trend}
      tools={
        type && (
          <label className="inline">
            <span className="hidden">{texts.scripts.typeColumns.type}</span>
            <select value={type} onChange={(event) => setChosen(event.target.value)}>
              {types.map((item) => (
                <option key={item} value={item}>
                  {words(item)}
                </option>
              ))}
            </select>
          </label>
        )
      }
    >
      <Load from={loaded}>
        {(document) => {
          const series = document.series.filter((item) => item.metric_type === type);
          if (!type) return <Empty title={texts.scripts.emptyOne} />;
          const { days: dates, values } = daily({ ...document, series });
          return <Trend title={words(type)} labels={dates.map(day)} values={values} kind="bar" format={number} />;
        }}
      </Load>
    </Card>
  );
}
