import { firingAlerts } from "../alerts/api";
import { get } from "../api/client";
import { Problem } from "../api/problem";
import { Icon } from "../parts/Icon";
import { pipelines } from "../state/live";
import { href } from "../state/router";
import { may, session } from "../state/session";
import { useStore } from "../state/store";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { useFresh } from "./useFresh";

interface Status {
  status: string;
  running: unknown[];
  today: { jobs_failed: number; errors: number };
}

interface Unusual {
  anomalies: { date: string }[];
}

/** Whether something is wrong, in one line, with the way to it. Nothing is called well that could not be asked for. */
export function Health() {
  const status = useFresh<Status>("/api/pipeline-status");
  const anomalies = useLoad((signal) => get<Unusual>("/api/anomalies", signal), "anomalies", 300_000);
  const maySeeAlerts = may(useStore(session), "alerting:read");
  const alerts = useLoad(
    (signal) => (maySeeAlerts ? firingAlerts(signal) : Promise.reject(new Problem(403, "scope-missing", texts.forbidden))),
    `alerts ${maySeeAlerts}`,
    15_000,
  );
  const known = [...useStore(pipelines).values()];
  const failedPipelines = known.filter((state) => state.status === "failed").length;
  const stalePipelines = known.filter((state) => state.stale).length;
  const words = texts.overview.health;
  const { jobs_failed: failedJobs = 0, errors = 0 } = status.data?.today ?? {};
  const week = Date.now() - 7 * 86_400_000;
  const unusual = anomalies.data?.anomalies.filter((item) => Date.parse(item.date) >= week).length ?? 0;
  const firing = alerts.data?.length ?? 0;
  const wrongs = (
    [
      [firing, words.alerts(firing), href("alerts")],
      [failedPipelines, words.pipelines(failedPipelines), href()],
      [stalePipelines, words.stalePipelines(stalePipelines), href()],
      [failedJobs, words.failedJobs(failedJobs), href("jobs")],
      [errors, words.errors(errors), href("scripts")],
      [unusual, words.anomalies(unusual), href("scripts")],
    ] as [number, string, string][]
  ).filter(([count]) => count > 0);
  const unknown = [
    [status, words.figures] as const,
    [anomalies, words.unusualDays] as const,
    [alerts, words.alertsWord] as const,
  ].flatMap(([{ problem }, name]) => (problem ? [problem.status === 403 ? words.forbidden(name) : words.unreachable(name)] : []));
  const isAsking = [status, anomalies, alerts].some((loaded) => !loaded.data && !loaded.problem);
  const [look, title] = wrongs.length
    ? (["bad", words.bad(wrongs.length)] as const)
    : unknown.length
      ? (["unsure", words.unsure] as const)
      : isAsking
        ? (["asking", texts.loading] as const)
        : (["good", words.good] as const);
  const running = status.data?.running.length ?? 0;
  return (
    <section className={`health ${look}`} aria-label={title}>
      <Icon name={look === "good" ? "check" : "warning"} />
      <strong>{title}</strong>
      <span className="health-list">
        {wrongs.map(([, text, link]) => (
          <a key={text} href={link}>
            {text}
          </a>
        ))}
        {unknown.map((text) => (
          <span key={text}>{text}</span>
        ))}
        {look === "good" && <span className="muted">{words.goodDetail}</span>}
        {running > 0 && <a href={href("jobs")}>{words.running(running)}</a>}
      </span>
    </section>
  );
}
