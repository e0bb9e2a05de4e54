import { type Alerts, handled, unhandledAlerts } from "../alerts/api";

/** Firing alerts that want a person, a few of them with the number of all, and how many more fire that somebody has seen to. */
export interface Firing extends Alerts {
  /** Acknowledged, silenced or inhibited. */
  handled: number;
}

export async function firing(limit: number, signal: AbortSignal): Promise<Firing> {
  const open = await unhandledAlerts(limit, signal);
  return { ...open, handled: handled.reduce((sum, standing) => sum + (open.counts[standing] ?? 0), 0) };
}
