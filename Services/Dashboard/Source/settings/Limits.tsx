import { type FormEvent, useState } from "react";
import { get, put } from "../api/client";
import { Card } from "../parts/Card";
import { Load } from "../parts/Load";
import { announce } from "../state/announce";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";

interface Rate {
  requests: number;
  window_seconds: number;
}

interface LimitsDocument {
  tiers: Record<string, { default: Rate } & Record<string, unknown>>;
}

const words = texts.settings;

/** How many requests a key of each tier may send. */
export function Limits() {
  const loaded = useLoad((signal) => get<LimitsDocument>("/limits", signal), "limits");
  return (
    <Card title={words.limits}>
      <p className="help">{words.limitsCaption}</p>
      <Load from={loaded}>{(limits) => <Form key={JSON.stringify(limits)} limits={limits} saved={loaded.reload} />}</Load>
    </Card>
  );
}

function Form({ limits, saved }: { limits: LimitsDocument; saved: () => void }) {
  const [problem, setProblem] = useState("");
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const tiers = Object.fromEntries(
      Object.entries(limits.tiers).map(([name, tier]) => [
        name,
        {
          ...tier,
          default: { requests: Number(form.get(`${name} requests`)), window_seconds: Number(form.get(`${name} window`)) },
        },
      ]),
    );
    try {
      await put("/limits", { ...limits, tiers });
      setProblem("");
      announce(words.limitsSaved);
      saved();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : texts.failed);
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <div className="table-frame">
        <table>
          <caption className="hidden">{words.limitsCaption}</caption>
          <thead>
            <tr>
              <th scope="col">{words.tier}</th>
              <th scope="col">{words.requests}</th>
              <th scope="col">{`${words.window} (${words.seconds})`}</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(limits.tiers).map(([name, tier]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <input
                    name={`${name} requests`}
                    aria-label={`${name}: ${words.requests}`}
                    type="number"
                    min={1}
                    required
                    defaultValue={tier.default.requests}
                  />
                </td>
                <td>
                  <input
                    name={`${name} window`}
                    aria-label={`${name}: ${words.window} (${words.seconds})`}
                    type="number"
                    min={1}
                    required
                    defaultValue={tier.default.window_seconds}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div role="alert">{problem && <p className="wrong">{problem}</p>}</div>
      <div className="buttons left">
        <button type="submit">{texts.save}</button>
      </div>
    </form>
  );
}
