import { firingAlerts } from "../alerts/api";
import { get } from "../api/client";
import { Icon } from "../parts/Icon";
import { pipelines } from "../state/live";
import { href } from "../state/router";
import { useStore } from "../state/store";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { useFresh } from "./useFresh";

interface Status {
  status: string;
  running: unknown[];
  today: { jobs_failed: number; errors: number };
}

/** Whether something is wrong, in one line, with the way to it. */
export function Health() {
  const status = useFresh<Status>("/api/pipeline-status");
  const anomalies = useLoad((signal) => get<{ anomalies: { date: string }[] }>("/api/anomalies", signal), "anomalies");
  const alerts = useLoad((signal) => firingAlerts(signal), "alerts", 15_000);
  const failedPipelines = [...useStore(pipelines).values()].filter((state) => state.status === "failed").length;
  if (!status.data) return null;
  const words = texts.overview.health;
  const { jobs_failed: failedJobs, errors } = status.data.today;
  const week = Date.now() - 7 * 86_400_000;
  const unusual = anomalies.data?.anomalies.filter((item) => Date.parse(item.date) >= week).length ?? 0;
  const firing = alerts.data?.length ?? 0;
  const wrongs: [number, string, string][] = (
    [
      [firing, words.alerts(firing), href("alerts")],
      [failedPipelines, words.pipelines(failedPipelines), href()],
      [failedJobs, words.failedJobs(failedJobs), href("jobs")],
      [errors, words.errors(errors), href("scripts")],
      [unusual, words.anomalies(unusual), href("scripts")],
    ] as [number, string, string][]
  ).filter(([count]) => count > 0);
  const running = status.data.running.length;
  return (
    <section
      className={wrongs.length ? "health bad" : "health good"}
      aria-label={wrongs.length ? words.bad(wrongs.length) : words.good}
    >
      <Icon name={wrongs.length ? "warning" : "check"} />
      <strong>{wrongs.length ? words.bad(wrongs.length) : words.good}</strong>
      <span className="health-list">
        {wrongs.length ? (
          wrongs.map(([, text, link]) => (
            <a key={text} href={link}>
              {text}
            </a>
          ))
        ) : (
          <span className="muted">{words.goodDetail}</span>
        )}
        {running > 0 && <a href={href("jobs")}>{words.running(running)}</a>}
      </span>
    </section>
  );
}
