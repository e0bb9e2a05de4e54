import { useState } from "react";
import { ago, number, time } from "../format";
import { Badge, type Tone } from "../parts/Badge";
import { Card } from "../parts/Card";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import { announce } from "../state/announce";
import { href } from "../state/router";
import { session } from "../state/session";
import type { Loaded } from "../state/useLoad";
import { texts } from "../texts";
import { type Alert, type Alerts, acknowledge, author } from "./api";
import { LabelList } from "./LabelList";
import { SilenceDialog } from "./SilenceDialog";

const tones: Record<string, Tone> = { firing: "bad", pending: "warn" };

function Item({ alert, silence, changed }: { alert: Alert; silence: () => void; changed: () => void }) {
  const words = texts.alerts;
  const title = alert.annotations.summary ?? alert.name;
  const seen = alert.acknowledgement;
  async function take() {
    try {
      await acknowledge(alert, session.get()?.name ?? "");
      announce(words.ackDone);
      changed();
    } catch (error) {
      announce(error instanceof Error ? error.message : texts.failed, "bad");
    }
  }
  return (
    <li className="alert" data-alert={alert.name}>
      <div className="row">
        <strong>{title}</strong>
        <span className="row">
          {alert.silenced_by.length > 0 && <Badge tone="plain">{words.silenced}</Badge>}
          {seen && <Badge tone="plain">{words.acknowledgedBy(author(seen.by, seen.subject))}</Badge>}
          <Badge tone={tones[alert.state] ?? "plain"}>{words.alertStates[alert.state]}</Badge>
        </span>
      </div>
      {alert.annotations.description && <p>{alert.annotations.description}</p>}
      <LabelList labels={alert.labels} />
      <div className="row">
        <span className="muted" title={time(alert.fired ?? alert.started)}>
          {alert.name} · {ago(alert.fired ?? alert.started)}
          {alert.value !== null && ` · ${words.value.toLowerCase()} ${number(alert.value)}`}
        </span>
        <span className="row">
          {alert.labels.script && (
            <a className="button" href={href("scripts", alert.labels.script)}>
              {words.toScript}
            </a>
          )}
          {!alert.acknowledgement && alert.state === "firing" && (
            <button type="button" onClick={() => void take()}>
              {words.acknowledge}
            </button>
          )}
          {alert.silenced_by.length === 0 && (
            <button type="button" onClick={silence}>
              {words.silence}
            </button>
          )}
        </span>
      </div>
    </li>
  );
}

/** What fires, the worst first, and what may be done about it. */
export function Firing({ loaded, changed }: { loaded: Loaded<Alerts>; changed: () => void }) {
  const [chosen, setChosen] = useState<Alert>();
  return (
    <Card title={texts.alerts.firing}>
      <Load from={loaded}>
        {({ alerts, total }) =>
          alerts.length ? (
            <>
              <ul className="alerts">
                {alerts.map((alert) => (
                  <Item key={alert.fingerprint} alert={alert} changed={changed} silence={() => setChosen(alert)} />
                ))}
              </ul>
              {total > alerts.length && <p className="more-alerts muted">{texts.alerts.more(total - alerts.length)}</p>}
            </>
          ) : (
            <Empty title={texts.alerts.none} detail={texts.alerts.noneDetail} />
          )
        }
      </Load>
      {chosen && <SilenceDialog labels={chosen.labels} close={() => setChosen(undefined)} done={changed} />}
    </Card>
  );
}
