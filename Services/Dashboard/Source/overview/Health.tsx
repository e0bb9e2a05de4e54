import { get } from "../api/client";
import { Problem } from "../api/problem";
import { Icon } from "../parts/Icon";
import { connection, pipelines } from "../state/live";
import { href } from "../state/router";
import { may, session } from "../state/session";
import { useStore } from "../state/store";
import { type Loaded, useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { firing, telling } from "./firing";
import { useFresh } from "./useFresh";
import { type Status, shown, type Unusual, type Wrong, wrongs } from "./wrongs";

/** One thing that is wrong, with the names that are known of it and the way to each. */
function Item({ wrong: { text, link, named, more } }: { wrong: Wrong }) {
  return (
    <li>
      <a href={link}>{text}</a>
      {named.length > 0 && ": "}
      {named.map(({ name, link: way }, place) => (
        <span key={name}>
          {place > 0 && ", "}
          {way ? <a href={way}>{name}</a> : name}
        </span>
      ))}
      {named.length > 0 && more > 0 && ` ${texts.overview.health.more(more)}`}
    </li>
  );
}

/** What the caller must be allowed to. */
const scopes = { figures: "analytics:read", alerts: "alerting:read" };

/** Whether something is wrong and what, with the ways to it. Nothing is called well that could not be asked for. */
export function Health() {
  const status = useFresh<Status>("/api/pipeline-status");
  const anomalies = useLoad((signal) => get<Unusual>("/api/anomalies", signal), "anomalies", 300_000);
  const current = useStore(session);
  const maySeeAlerts = may(current, scopes.alerts);
  const alerts = useLoad(
    (signal) => (maySeeAlerts ? firing(shown, signal) : Promise.reject(new Problem(403, "scope-missing", scopes.alerts))),
    `alerts ${maySeeAlerts}`,
    15_000,
  );
  const alerting = useLoad(
    (signal) => (maySeeAlerts ? telling(signal) : Promise.resolve(undefined)),
    `alerting ${maySeeAlerts}`,
    60_000,
  );
  const told = useStore(pipelines);
  const isTold = useStore(connection) === "off" || told !== undefined;
  const states = [...(told?.values() ?? [])];
  const words = texts.overview.health;
  const found = wrongs({
    alerts: alerts.data,
    telling: alerting.data,
    pipelines: states,
    status: status.data,
    unusual: anomalies.data,
  });
  const isAway = [status, anomalies, alerts, alerting].some(({ problem }) => problem?.isStudioAway);
  const unanswered = [
    [status, words.figures, scopes.figures] as const,
    [anomalies, words.unusualDays, scopes.figures] as const,
    [alerts, words.alertsWord, scopes.alerts] as const,
    // Said once where the alerting answers nothing at all.
    [alerts.problem ? {} : alerting, words.telling, scopes.alerts] as const,
  ].flatMap(([{ problem }, name, scope]: readonly [Pick<Loaded<unknown>, "problem">, string, string]) =>
    problem ? [problem.status === 403 ? words.forbidden(name, scope, current?.isPerson ?? false) : words.unreachable(name)] : [],
  );
  const unknown = isAway ? [texts.away] : unanswered;
  const isAsking =
    !isTold || [status, anomalies, alerts, ...(maySeeAlerts ? [alerting] : [])].some(({ data, problem }) => !data && !problem);
  const [look, title] = found.length
    ? (["bad", words.bad(found.length)] as const)
    : unknown.length
      ? (["unsure", words.unsure] as const)
      : isAsking
        ? (["asking", texts.loading] as const)
        : (["good", words.good] as const);
  const running = status.data?.running.length ?? 0;
  const handled = alerts.data?.total === 0 ? alerts.data.handled : 0;
  return (
    <section className={`health ${look}${isAsking ? " partial" : ""}`} aria-label={title}>
      <Icon name={look === "good" ? "check" : "warning"} />
      <strong>{title}</strong>
      <ul className="health-list">
        {found.map((wrong) => (
          <Item key={wrong.link + wrong.text} wrong={wrong} />
        ))}
        {unknown.map((text) => (
          <li key={text}>{text}</li>
        ))}
        {look === "good" && <li className="muted">{words.goodDetail}</li>}
        {handled > 0 && (
          <li>
            <a href={href("alerts")}>{words.handled(handled)}</a>
          </li>
        )}
        {running > 0 && (
          <li>
            <a href={href("jobs")}>{words.running(running)}</a>
          </li>
        )}
      </ul>
    </section>
  );
}
