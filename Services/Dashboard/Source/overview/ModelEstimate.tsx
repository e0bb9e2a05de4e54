import { useState } from "react";
import { get } from "../api/client";
import type { Model } from "../api/types";
import { dollars } from "../format";
import { Empty } from "../parts/Empty";
import { Field } from "../parts/Field";
import { Load } from "../parts/Load";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";

/** What calls of a language model will cost, by its price. */
export function ModelEstimate() {
  const [chosen, setChosen] = useState("");
  const [figures, setFigures] = useState({ input: "1000", output: "500", calls: "100" });
  const words = texts.overview.estimate;
  const loaded = useLoad((signal) => get<{ models: Model[] }>("/llm/models", signal), "models");
  return (
    <Load from={loaded}>
      {({ models }) => {
        const priced = [...models].sort((a, b) => Number(a.local) - Number(b.local) || a.id.localeCompare(b.id));
        const model = priced.find((item) => item.id === chosen) ?? priced[0];
        if (!model) return <Empty title={words.noModels} />;
        const { input_per_million: input, output_per_million: output } = model.price;
        const cost = (Number(figures.calls) * (Number(figures.input) * input + Number(figures.output) * output)) / 1_000_000;
        return (
          <div className="estimate">
            <Field label={words.chosen}>
              {(attributes) => (
                <select {...attributes} value={model.id} onChange={(event) => setChosen(event.target.value)}>
                  {priced.map(({ id, local }) => (
                    <option key={id} value={id}>
                      {local ? `${id} (${words.local})` : id}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            {(["input", "output", "calls"] as const).map((name) => (
              <Field key={name} label={words[name]}>
                {(attributes) => (
                  <input
                    {...attributes}
                    type="number"
                    min="0"
                    value={figures[name]}
                    onChange={(event) => setFigures({ ...figures, [name]: event.target.value })}
                  />
                )}
              </Field>
            ))}
            <p className="outcome" aria-live="polite">
              <span className="muted">{words.cost}</span>
              <strong>{dollars(cost)}</strong>
            </p>
          </div>
        );
      }}
    </Load>
  );
}
