import { get, post, query, remove } from "../api/client";
import { texts } from "../texts";

export type Labels = Record<string, string>;

/** How it stands with an alert. */
export type Standing = "pending" | "firing" | "silenced" | "inhibited" | "acknowledged" | "resolved";

/** It fires, and somebody or something has seen to it: the overview counts the others. */
export const handled: Standing[] = ["acknowledged", "silenced", "inhibited"];

/** An alert as `GET /api/alerts` shows it. */
export interface Alert {
  fingerprint: string;
  name: string;
  severity: string;
  state: "pending" | "firing" | "resolved";
  /** Its state, or why nobody is told of it though it fires. */
  status: Standing;
  labels: Labels;
  annotations: Labels;
  value: number | null;
  started: string;
  fired: string | null;
  silences: { id: string; endsAt: string; createdBy: string; comment: string }[];
  inhibited: boolean;
  /** Who is told. */
  receivers: string[];
  acknowledgement: { by: string; subject: string | null; time: string; note: string | null } | null;
}

/** A silence of Alertmanager's API v2. */
export interface Silence {
  id: string;
  status: { state: string };
  comment: string;
  createdBy: string;
  /** The key or the person that made it. */
  subject: string | null;
  startsAt: string;
  endsAt: string;
  matchers: { name: string; value: string; isRegex: boolean; isEqual?: boolean }[];
}

export interface Receiver {
  name: string;
  channels: { kind: string; target: string }[];
}

/** A channel as people call it. */
export const channelName = (kind: string, target: string): string =>
  (texts.alerts.channels[kind] ?? kind) + (target && ` (${target})`);

/** Which measurements: of one metric, whose labels fit. */
export interface Selector {
  metric: string;
  where: string[];
}

export interface Rule extends Selector {
  name: string;
  kind: "threshold" | "absence" | "change" | "ratio";
  /** What is made of the window's measurements. */
  function: string | null;
  /** What a ratio is held against, and from how much of it on. */
  all: Selector | null;
  minimum: number | null;
  window: string;
  for: string;
  /** Each combination of these labels' values is watched by itself. */
  by: string[];
  labels: Labels;
  comparison: string | null;
  limit: number | null;
  state: "inactive" | "pending" | "firing";
}

/** The rules with the file that they come from; of a wrong file the rules of before hold. */
export interface Rules {
  rules: Rule[];
  file: { path: string; is_current: boolean; problems: { file: string; line: number; text: string }[] };
}

export interface Delivery {
  id: string;
  receiver: string;
  channel: string;
  target: string;
  title: string;
  state: "waiting" | "delivered" | "dead";
  attempts: number;
  created: string;
  next: string | null;
  failure: string | null;
}

/** Some alerts, the worst first, how many there are in all, and how many stand how. */
export interface Alerts {
  alerts: Alert[];
  total: number;
  counts: Partial<Record<Standing, number>>;
}

/** More at once nobody reads, and a browser is slow to draw. */
const most = 200;

/** What fires or is about to. */
export const alerts = (signal?: AbortSignal): Promise<Alerts> => get(query("/api/alerts", { limit: most }), signal);

/** Who has decided something: what they call themselves, or the key or person when they have not said. */
export const author = (name: string, subject: string | null): string => name || (subject ?? "");

/** Those that want a person: firing, neither silenced nor acknowledged; a few of them. */
export const unhandledAlerts = (limit: number, signal?: AbortSignal): Promise<Alerts> =>
  get(query("/api/alerts", { state: "firing", unhandled: "true", limit }), signal);

/** Says that somebody cares for it, and, where that is not empty, what they do. */
export const acknowledge = (alert: Alert, who: string, note: string): Promise<unknown> =>
  post(`/api/alerts/${alert.fingerprint}/acknowledge`, { by: who, note: note || undefined });

export const unacknowledge = (alert: Alert): Promise<void> => remove(`/api/alerts/${alert.fingerprint}/acknowledge`);

export const silences = async (signal?: AbortSignal): Promise<Silence[]> =>
  (await get<{ silences: Silence[] }>("/api/alerts/silences", signal)).silences.filter(
    (silence) => silence.status.state !== "expired",
  );

/** Silences all alerts with the same labels for some hours. */
export function silence(labels: Labels, hours: number, comment: string, who: string): Promise<unknown> {
  const now = Date.now();
  return post("/api/alerts/silences", {
    matchers: Object.entries(labels).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true })),
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + hours * 3_600_000).toISOString(),
    comment,
    createdBy: who,
  });
}

export const expire = (id: string): Promise<void> => remove(`/api/alerts/silences/${id}`);
export const receivers = async (signal?: AbortSignal): Promise<Receiver[]> =>
  (await get<{ receivers: Receiver[] }>("/api/alerts/receivers", signal)).receivers;
export const test = (name: string): Promise<{ deliveries: Delivery[] }> =>
  post(`/api/alerts/receivers/${encodeURIComponent(name)}/test`);
export const rules = (signal?: AbortSignal): Promise<Rules> => get<Rules>("/api/alerts/rules", signal);
export const resend = (id: string): Promise<unknown> => post(`/api/alerts/deliveries/${id}/resend`);

export const delivery = (id: string, signal: AbortSignal): Promise<Delivery> => get(`/api/alerts/deliveries/${id}`, signal);

/** One page of what was sent, or of what became this of it, the latest first. */
export const deliveries = (
  state: Delivery["state"] | "",
  before: string | undefined,
  signal: AbortSignal,
): Promise<{ deliveries: Delivery[]; next?: string }> =>
  get(query("/api/alerts/deliveries", { limit: 25, state: state || undefined, before }), signal);
