import { get, post, query, remove } from "../api/client";

export type Labels = Record<string, string>;

/** An alert as `GET /api/alerts` shows it. */
export interface Alert {
  fingerprint: string;
  name: string;
  severity: string;
  state: "pending" | "firing" | "resolved";
  labels: Labels;
  annotations: Labels;
  value: number | null;
  started: string;
  fired: string | null;
  silenced_by: string[];
  inhibited: boolean;
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
  endsAt: string;
  matchers: { name: string; value: string; isRegex: boolean; isEqual?: boolean }[];
}

export interface Receiver {
  name: string;
  channels: { kind: string; target: string }[];
}

export interface Rule {
  name: string;
  kind: string;
  window: string;
  for: string;
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
  title: string;
  state: "waiting" | "delivered" | "dead";
  attempts: number;
  created: string;
  failure: string | null;
}

/** Some alerts, the worst first, and how many there are in all. */
export interface Alerts {
  alerts: Alert[];
  total: number;
}

/** More at once nobody reads, and a browser is slow to draw. */
const most = 200;

/** What fires or is about to. */
export const alerts = (signal?: AbortSignal): Promise<Alerts> => get(query("/api/alerts", { limit: most }), signal);

/** Who has decided something: what they call themselves, and who the studio knows them to be. */
export const author = (name: string, subject: string | null): string =>
  subject && subject !== name ? `${name} (${subject})` : name;

/** Those that want a person: firing, neither silenced nor acknowledged; a few of them. */
export const unhandledAlerts = (limit: number, signal?: AbortSignal): Promise<Alerts> =>
  get(query("/api/alerts", { state: "firing", unhandled: "true", limit }), signal);

export const acknowledge = (alert: Alert, who: string): Promise<unknown> =>
  post(`/api/alerts/${alert.fingerprint}/acknowledge`, { by: who });

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
export const test = (name: string): Promise<unknown> => post(`/api/alerts/receivers/${encodeURIComponent(name)}/test`);
export const rules = (signal?: AbortSignal): Promise<Rules> => get<Rules>("/api/alerts/rules", signal);
export const resend = (id: string): Promise<unknown> => post(`/api/alerts/deliveries/${id}/resend`);

/** One page of what was sent, the latest first. */
export const deliveries = (before: string | undefined, signal: AbortSignal): Promise<{ deliveries: Delivery[]; next?: string }> =>
  get(query("/api/alerts/deliveries", { limit: 25, before }), signal);
