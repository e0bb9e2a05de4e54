import { useState } from "react";
import { ago, number, time } from "../format";
import { Badge, type Tone } from "../parts/Badge";
import { Card } from "../parts/Card";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import { announce } from "../state/announce";
import { session } from "../state/session";
import type { Loaded } from "../state/useLoad";
import { texts } from "../texts";
import { type Alert, acknowledge, author } from "./api";
import { LabelList } from "./LabelList";
import { SilenceDialog } from "./SilenceDialog";

const states = ["firing", "pending"];
/** The worst first; all others come after them. */
const severities = ["critical", "warning", "info"];
/** More at once nobody reads, and a browser is slow to draw. */
const most = 200;
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
          {ago(alert.fired ?? alert.started)}
          {alert.value !== null && ` · ${words.value.toLowerCase()} ${number(alert.value)}`}
        </span>
        <span className="row">
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

/** How far down the list an alert stands: by its state, then by its severity. */
function rank({ state, severity }: Alert): number {
  const place = severities.indexOf(severity);
  return states.indexOf(state) * (severities.length + 1) + (place < 0 ? severities.length : place);
}

/** What fires, the worst first, and what may be done about it. */
export function Firing({ loaded, changed }: { loaded: Loaded<Alert[]>; changed: () => void }) {
  const [chosen, setChosen] = useState<Alert>();
  return (
    <Card title={texts.alerts.firing}>
      <Load from={loaded}>
        {(list) => {
          const open = list.filter((alert) => states.includes(alert.state)).sort((a, b) => rank(a) - rank(b));
          return open.length ? (
            <>
              <ul className="alerts">
                {open.slice(0, most).map((alert) => (
                  <Item key={alert.fingerprint} alert={alert} changed={changed} silence={() => setChosen(alert)} />
                ))}
              </ul>
              {open.length > most && <p className="more-alerts muted">{texts.alerts.more(open.length - most)}</p>}
            </>
          ) : (
            <Empty title={texts.alerts.none} detail={texts.alerts.noneDetail} />
          );
        }}
      </Load>
      {chosen && <SilenceDialog labels={chosen.labels} close={() => setChosen(undefined)} done={changed} />}
    </Card>
  );
}
