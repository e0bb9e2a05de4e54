import type { PipelineState } from "../api/types";
import { day, number, words as spoken } from "../format";
import { href } from "../state/router";
import { texts } from "../texts";
import { figureOf } from "./figures";
import type { Firing, Telling } from "./firing";

/** One of the things that are wrong, as far as its name is known. */
interface Named {
  name: string;
  link?: string;
}

/** What is wrong: how often, where it stands, and the first few by name. */
export interface Wrong {
  text: string;
  link: string;
  named: Named[];
  /** Of which no name is shown. */
  more: number;
}

/** What the analytics say of today. */
export interface Status {
  running: unknown[];
  today: {
    jobs_failed: number;
    errors: number;
    scripts_with_errors: number;
    most_errors: { script_name: string; errors: number }[];
  };
}

export interface Unusual {
  anomalies: { metric_type: string; date: string }[];
}

/** So many are named of each kind. */
export const shown = 3;
const words = texts.overview.health;

function wrong(count: number, text: string, link: string, all: Named[], total = all.length): Wrong[] {
  const first = all.slice(0, shown);
  const named = [...new Map(first.map((one) => [one.name, one])).values()];
  return count > 0 ? [{ text, link, named, more: total - first.length }] : [];
}

/** Firing alerts by name and script. */
function ofAlerts({ alerts, total, handled }: Firing): Wrong[] {
  const named = alerts.map(({ name, labels }) => ({
    name: labels.script ? words.alertOf(name, labels.script) : name,
    link: href("alerts"),
  }));
  return wrong(total, words.alerts(total, handled), href("alerts"), named, total);
}

function ofTelling({ file, problems, receivers, givenUp }: Telling): Wrong[] {
  return [
    ...wrong(problems, words.ruleFile, href("alerts"), []),
    ...wrong(receivers === 0 ? 1 : 0, words.noReceiver(file), href("alerts"), []),
    ...wrong(givenUp, words.givenUp(givenUp), href("alerts"), []),
  ];
}

function ofPipelines(states: PipelineState[], text: (count: number) => string): Wrong[] {
  return wrong(states.length, text(states.length), href(), states);
}

function ofToday({ jobs_failed, errors, scripts_with_errors, most_errors }: Status["today"]): Wrong[] {
  const named = most_errors.map((script) => ({
    name: words.times(script.script_name, number(script.errors)),
    link: href("scripts", script.script_name),
  }));
  return [
    ...wrong(jobs_failed, words.failedJobs(jobs_failed), href("jobs", "failed"), []),
    ...wrong(errors, words.errors(errors), href("overview", "errors", "1"), named, scripts_with_errors),
  ];
}

function ofUnusual({ anomalies }: Unusual): Wrong[] {
  const week = Date.now() - 7 * 86_400_000;
  const named = anomalies
    .filter((item) => Date.parse(item.date) >= week)
    .map(({ metric_type: type, date }) => ({
      name: words.dayOf((texts.overview.trend as Record<string, string>)[type] ?? spoken(type), day(date)),
      link: href("overview", figureOf[type] ?? type, "7"),
    }));
  return wrong(named.length, words.anomalies(named.length), href("scripts"), named);
}

/** All that is wrong, what wants somebody first; nothing of what is not known. */
export function wrongs(known: {
  alerts?: Firing;
  telling?: Telling;
  pipelines: PipelineState[];
  status?: Status;
  unusual?: Unusual;
}): Wrong[] {
  return [
    ...(known.alerts ? ofAlerts(known.alerts) : []),
    ...(known.telling ? ofTelling(known.telling) : []),
    ...ofPipelines(
      known.pipelines.filter((state) => state.status === "failed"),
      words.pipelines,
    ),
    ...ofPipelines(
      known.pipelines.filter((state) => state.stale),
      words.stalePipelines,
    ),
    ...(known.status ? ofToday(known.status.today) : []),
    ...(known.unusual ? ofUnusual(known.unusual) : []),
  ];
}
