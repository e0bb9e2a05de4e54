import { ago, exact, number, time } from "../format";
import { Ago } from "../parts/Ago";
import { attempt } from "../parts/attempt";
import { Badge, type Tone } from "../parts/Badge";
import { href } from "../state/router";
import { texts } from "../texts";
import { type Alert, author, handled, unacknowledge } from "./api";
import { LabelList } from "./LabelList";

const tones: Record<string, Tone> = { firing: "bad", pending: "warn" };
const words = texts.alerts;
const noted = (text: string, note: string | null) => (note ? `${text}: ${note}` : text);

/** The element that shows an alert, wherever on the page it stands. */
export const place = (alert: Alert): string => `alert-${alert.fingerprint}`;

/** Why nobody is told of it, by whom and until when. */
function Handling({ alert }: { alert: Alert }) {
  const seen = alert.acknowledgement;
  const isUnheard = alert.status === "firing" && alert.receivers.length === 0;
  return (
    <>
      {seen && (
        <p className="muted" title={seen.subject ?? undefined}>
          {noted(words.acknowledgedBy(author(seen.by, seen.subject), ago(seen.time)), seen.note)}
        </p>
      )}
      {alert.silences.map((silence) => (
        <p key={silence.id} className="muted" title={exact(silence.endsAt)}>
          {noted(words.silencedBy(silence.createdBy, time(silence.endsAt)), silence.comment)}
        </p>
      ))}
      {alert.inhibited && <p className="muted">{words.inhibited}</p>}
      {isUnheard && <p className="wrong">{words.unheard}</p>}
    </>
  );
}

interface Props {
  alert: Alert;
  /** Asks how, and does it. */
  acknowledge: () => void;
  silence: () => void;
  /** It was taken back that somebody has seen to it. */
  changed: () => void;
}

/** One alert, and what may be done about it. */
export function AlertItem({ alert, acknowledge, silence, changed }: Props) {
  const title = alert.annotations.summary ?? alert.name;
  const began = alert.fired ?? alert.started;
  async function takeBack() {
    if (await attempt(() => unacknowledge(alert), words.unackDone)) changed();
  }
  return (
    <li className="alert" id={place(alert)} tabIndex={-1} data-alert={alert.name}>
      <div className="row">
        <strong>{title}</strong>
        <span className="tools">
          {handled.includes(alert.status) && <Badge tone="plain">{words.alertStates[alert.status]}</Badge>}
          <Badge tone={tones[alert.state] ?? "plain"}>{words.alertStates[alert.state]}</Badge>
        </span>
      </div>
      {alert.annotations.description && <p>{alert.annotations.description}</p>}
      <Handling alert={alert} />
      <LabelList labels={alert.labels} />
      <div className="row">
        <span className="muted">
          {`${alert.name} · `}
          <Ago at={began} />
          {alert.value !== null && ` · ${words.value.toLowerCase()} ${number(alert.value)}`}
        </span>
        <span className="tools">
          {alert.labels.script && (
            <a className="button" href={href("scripts", alert.labels.script)}>
              {words.toScript}
            </a>
          )}
          {alert.acknowledgement && (
            <button type="button" aria-label={words.of(words.unacknowledge, title)} onClick={() => void takeBack()}>
              {words.unacknowledge}
            </button>
          )}
          {!alert.acknowledgement && alert.state === "firing" && (
            <button type="button" aria-label={words.of(words.acknowledge, title)} onClick={acknowledge}>
              {words.acknowledge}
            </button>
          )}
          {alert.silences.length === 0 && (
            <button type="button" aria-label={words.of(words.silence, title)} onClick={silence}>
              {words.silence}
            </button>
          )}
        </span>
      </div>
    </li>
  );
}
