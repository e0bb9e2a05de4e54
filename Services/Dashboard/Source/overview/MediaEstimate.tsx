import { useState } from "react";
import { get } from "../api/client";
import type { Sum } from "../api/types";
import { duration } from "../format";
import { Empty } from "../parts/Empty";
import { Field } from "../parts/Field";
import { Load } from "../parts/Load";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";

type Scripts = Record<string, Record<string, Sum>>;

/** What an operation will take of the processor, from what it took of late for each second of media. */
export function MediaEstimate() {
  const [chosen, setChosen] = useState("");
  const [minutes, setMinutes] = useState("60");
  const words = texts.overview.estimate;
  const loaded = useLoad((signal) => get<{ scripts: Scripts }>("/api/scripts?days=30", signal), "estimate");
  return (
    <Load from={loaded}>
      {({ scripts }) => {
        const known = Object.entries(scripts).filter(([, sums]) => sums.media_seconds?.sum && sums.cpu_seconds?.sum);
        const [name, sums] = known.find(([script]) => script === chosen) ?? known[0] ?? [];
        if (!name || !sums?.media_seconds || !sums.cpu_seconds) return <Empty title={words.noPast} />;
        const seconds = Number(minutes) * 60;
        const work = (sums.cpu_seconds.sum / sums.media_seconds.sum) * seconds;
        return (
          <div className="estimate">
            <Field label={words.operation}>
              {(attributes) => (
                <select {...attributes} value={name} onChange={(event) => setChosen(event.target.value)}>
                  {known.map(([script]) => (
                    <option key={script}>{script}</option>
                  ))}
                </select>
              )}
            </Field>
            <Field label={words.minutes}>
              {(attributes) => (
                <input {...attributes} type="number" min="0" value={minutes} onChange={(event) => setMinutes(event.target.value)} />
              )}
            </Field>
            <p className="outcome" aria-live="polite">
              <span className="muted">{words.work}</span>
              <strong>{duration(work)}</strong>
              <span className="help">{words.basis(sums.media_seconds.count)}</span>
            </p>
          </div>
        );
      }}
    </Load>
  );
}
