import { useEffect, useRef, useState } from "react";
import { Card } from "../parts/Card";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { channelName, type Receiver, receivers } from "./api";
import { tryOut } from "./trial";

const words = texts.alerts;

/** One that is told, with a way to try it. */
function Item({ receiver: { name, channels } }: { receiver: Receiver }) {
  const [trial, setTrial] = useState<{ isGood: boolean; texts: string[] }>();
  const [isBusy, setBusy] = useState(false);
  const asking = useRef<AbortController>();
  useEffect(() => () => asking.current?.abort(), []);
  async function send() {
    if (isBusy) return;
    const abort = new AbortController();
    asking.current = abort;
    setBusy(true);
    setTrial({ isGood: true, texts: [words.testing] });
    const ended = await tryOut(name, abort.signal).catch((error: unknown) => ({
      isGood: false,
      texts: [error instanceof Error ? error.message : texts.failed],
    }));
    if (abort.signal.aborted) return;
    setTrial(ended);
    setBusy(false);
  }
  return (
    <li>
      <div className="row">
        <span>
          <strong>{name}</strong>{" "}
          <span className="muted">{channels.map(({ kind, target }) => channelName(kind, target)).join(", ")}</span>
        </span>
        <button type="button" aria-label={words.of(words.test, name)} aria-disabled={isBusy} onClick={() => void send()}>
          {words.test}
        </button>
      </div>
      <div role="status" aria-live="polite" data-trial={name}>
        {trial?.texts.map((text, place) => (
          <p key={place} className={trial.isGood ? "help" : "wrong"}>
            {text}
          </p>
        ))}
      </div>
    </li>
  );
}

/** Who is told. */
export function Receivers() {
  const loaded = useLoad((signal) => receivers(signal), "receivers");
  return (
    <Card title={words.receivers}>
      <Load from={loaded}>
        {(list) =>
          list.length ? (
            <ul className="plain-list">
              {list.map((receiver) => (
                <Item key={receiver.name} receiver={receiver} />
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
