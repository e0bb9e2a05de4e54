import { type Alerts, handled, receivers, rules, unhandledAlerts } from "../alerts/api";
import { get, query } from "../api/client";

/** Firing alerts that want a person, a few of them with the number of all, and how many more fire that somebody has seen to. */
export interface Firing extends Alerts {
  /** Acknowledged, silenced or inhibited. */
  handled: number;
}

/** What keeps the alerting from telling people. */
export interface Telling {
  /** The name of the rule file. */
  file: string;
  /** Errors of it. */
  problems: number;
  /** Who could be told. */
  receivers: number;
  /** Messages that were given up within a day. */
  givenUp: number;
}

export async function telling(signal: AbortSignal): Promise<Telling> {
  const [{ file }, { given_up }, known] = await Promise.all([
    rules(signal),
    get<{ given_up: number }>(query("/api/alerts/deliveries", { limit: 1 }), signal),
    receivers(signal),
  ]);
  return {
    file: file.path.slice(file.path.lastIndexOf("/") + 1),
    problems: file.problems.length,
    receivers: known.length,
    givenUp: given_up,
  };
}

export async function firing(limit: number, signal: AbortSignal): Promise<Firing> {
  const open = await unhandledAlerts(limit, signal);
  return { ...open, handled: handled.reduce((sum, standing) => sum + (open.counts[standing] ?? 0), 0) };
}
