import { useState } from "react";
import { get, query } from "../api/client";
import type { Indicator, SeriesDocument } from "../api/types";
import { day, dollars, duration, number } from "../format";
import { Card } from "../parts/Card";
import { Days } from "../parts/Days";
import { Load } from "../parts/Load";
import { Loading } from "../parts/Loading";
import { Trend } from "../parts/Trend";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { figureOf } from "./figures";
import { daily } from "./series";
import { useFresh } from "./useFresh";

type Figure = keyof typeof texts.overview.trend;
const figures = Object.keys(texts.overview.trend) as Figure[];

function format(figure: Figure): (value: number) => string {
  if (figure === "cost_dollars") return dollars;
  return figure.endsWith("seconds") ? duration : number;
}

/** The first figure of which there was anything in the last 30 days. */
function useFirst(): Figure | undefined {
  const { data, problem } = useLoad((signal) => get<{ kpis: Indicator[] }>("/api/kpis?days=30", signal), "first");
  if (!data) return problem && figures[0];
  const isMeasured = (figure: Figure) => data.kpis.some(({ name, value }) => name === (figureOf[figure] ?? figure) && value);
  return figures.find(isMeasured) ?? figures[0];
}

/** A figure over the last 7 or 30 days. */
export function Trends() {
  const [days, setDays] = useState(30);
  const [chosen, setChosen] = useState<Figure>();
  const first = useFirst();
  const figure = chosen ?? first;
  return (
    <Card
      className="wide"
      title={texts.overview.trends}
      tools={
        <>
          <label className="inline">
            <span className="hidden">{texts.overview.trendOf}</span>
            <select value={figure} onChange={(event) => setChosen(event.target.value as Figure)}>
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
      {figure ? <FigureTrend figure={figure} days={days} /> : <Loading />}
    </Card>
  );
}

function FigureTrend({ figure, days }: { figure: Figure; days: number }) {
  const loaded = useFresh<SeriesDocument>(query(`/api/metrics/${days}`, { type: figure }));
  return (
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
  );
}
