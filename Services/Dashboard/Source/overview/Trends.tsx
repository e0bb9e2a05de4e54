import { useState } from "react";
import { query } from "../api/client";
import type { SeriesDocument } from "../api/types";
import { day, dollars, duration, number } from "../format";
import { Card } from "../parts/Card";
import { Days } from "../parts/Days";
import { Load } from "../parts/Load";
import { Trend } from "../parts/Trend";
import { texts } from "../texts";
import { daily } from "./series";
import { useFresh } from "./useFresh";

type Figure = keyof typeof texts.overview.trend;
const figures = Object.keys(texts.overview.trend) as Figure[];

function format(figure: Figure): (value: number) => string {
  if (figure === "cost_dollars") return dollars;
  return figure.endsWith("seconds") ? duration : number;
}

/** A figure over the last 7 or 30 days. */
export function Trends() {
  const [days, setDays] = useState(30);
  const [figure, setFigure] = useState<Figure>("jobs");
  const loaded = useFresh<SeriesDocument>(query(`/api/metrics/${days}`, { type: figure }));
  return (
    <Card
      className="wide"
      title={texts.overview.trends}
      tools={
        <>
          <label className="inline">
            <span className="hidden">{texts.overview.trendOf}</span>
            <select value={figure} onChange={(event) => setFigure(event.target.value as Figure)}>
              {figures.map((name) => (
                <option key={name} value={name}>
                  {texts.overview.trend[name]}
                </option>
              ))}
            </select>
          </label>
          <Days value={days} choose={setDays} options={[7, 30]} />
        </>
      }
    >
      <Load from={loaded}>
        {(document) => {
          const { days: dates, values } = daily(document);
          return (
            <Trend
              title={`${texts.overview.trend[figure]} ${texts.overview.perDay}`}
              labels={dates.map(day)}
              values={values}
              kind={days === 7 ? "bar" : "line"}
              format={format(figure)}
            />
          );
        }}
      </Load>
    </Card>
  );
}
