import { Card } from "../parts/Card";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import { announce } from "../state/announce";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { receivers, test } from "./api";

/** Who is told, with a way to try it. */
export function Receivers() {
  const loaded = useLoad((signal) => receivers(signal), "receivers");
  const words = texts.alerts;
  async function send(name: string) {
    try {
      await test(name);
      announce(words.tested(name));
    } catch (error) {
      announce(error instanceof Error ? error.message : texts.failed, "bad");
    }
  }
  return (
    <Card title={words.receivers}>
      <Load from={loaded}>
        {(list) =>
          list.length ? (
            <ul className="plain-list">
              {list.map((receiver) => (
                <li key={receiver.name} className="row">
                  <span>
                    <strong>{receiver.name}</strong>{" "}
                    <span className="muted">
                      {receiver.channels
                        .map(({ kind, target }) => `${words.channels[kind] ?? kind}${target && ` (${target})`}`)
                        .join(", ")}
                    </span>
                  </span>
                  <button type="button" aria-label={`${words.test}: ${receiver.name}`} onClick={() => void send(receiver.name)}>
                    {words.test}
                  </button>
                </li>
              ))}
            </ul>
          ) : (
            <Empty title={words.noReceivers} detail={words.noReceiversDetail} />
          )
        }
      </Load>
    </Card>
  );
}
