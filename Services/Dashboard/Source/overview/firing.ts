import { type Alerts, unhandledAlerts } from "../alerts/api";
import { get, query } from "../api/client";

/** Firing alerts that want a person, a few of them with the number of all, and how many more fire that somebody has seen to. */
export interface Firing extends Alerts {
  /** Acknowledged, silenced or inhibited. */
  handled: number;
}

export async function firing(limit: number, signal: AbortSignal): Promise<Firing> {
  const [open, all] = await Promise.all([
    unhandledAlerts(limit, signal),
    get<Alerts>(query("/api/alerts", { state: "firing", limit: 1 }), signal),
  ]);
  return { ...open, handled: Math.max(0, all.total - open.total) };
}
