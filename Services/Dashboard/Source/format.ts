/** Figures for people, in the language of the texts. */
const language = "en";

const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(language, { maximumFractionDigits: 1, notation: "compact" });
const fine = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
const signed = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1, signDisplay: "exceptZero" });
const money = new Intl.NumberFormat(language, { style: "currency", currency: "USD" });
const cents = new Intl.NumberFormat(language, { style: "currency", currency: "USD", maximumFractionDigits: 6 });
const clockParts: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const moment = new Intl.DateTimeFormat(language, {
  year: "numeric",
  month: "short",
  day: "numeric",
  ...clockParts,
  timeZoneName: "short",
});
const second = new Intl.DateTimeFormat(language, {
  dateStyle: "medium",
  timeStyle: "long",
  hourCycle: "h23",
});
const clock = new Intl.DateTimeFormat(language, clockParts);
const dayOfMonth = new Intl.DateTimeFormat(language, { month: "short", day: "numeric", timeZone: "UTC" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

export const none = "–";

export function number(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return none;
  if (Math.abs(value) >= 100_000) return short.format(value);
  return Number.isInteger(value) || Math.abs(value) >= 1000 ? whole.format(value) : fine.format(value);
}

export const share = (value: number | null | undefined): string => (value == null ? none : percent.format(value));
export const change = (value: number): string => signed.format(value);

export function dollars(value: number | null | undefined): string {
  if (value == null) return none;
  return value !== 0 && Math.abs(value) < 0.01 ? cents.format(value) : money.format(value);
}

export function bytes(value: number | null | undefined): string {
  if (value == null) return none;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size >= 100 || unit === 0 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** A length of time, from seconds. */
export function duration(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return none;
  if (seconds < 0) return `−${duration(-seconds)}`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${fine.format(Math.round(seconds * 10) / 10)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${whole.format(Math.floor(seconds / 3600))} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** A figure with the unit that the studio names. */
export function measure(value: number | null | undefined, unit: string | undefined): string {
  if (value == null) return none;
  switch (unit) {
    case "1":
      return share(value);
    case "USD":
      return dollars(value);
    case "B":
      return bytes(value);
    case "s":
      return duration(value);
    case "h":
      // Little is not nothing.
      return value !== 0 && Math.abs(value) < 0.1 ? duration(value * 3600) : `${number(value)} h`;
    case "Hz":
      return `${number(value)} Hz`;
    case "s/s":
      return `${fine.format(value)} ×`;
    case undefined:
      return number(value);
    default:
      return /^[a-z]{4,}$/.test(unit) ? number(value) : `${number(value)} ${unit}`;
  }
}

/** A moment in the reader's time zone, which it names. */
export const time = (iso: string | null | undefined): string => (iso ? moment.format(new Date(iso)) : none);
/** The same to the second. */
export const exact = (iso: string | null | undefined): string => (iso ? second.format(new Date(iso)) : none);
/** The time of day there. */
export const hour = (date: Date): string => clock.format(date);
/** The reader's time zone in short. */
export const zone = (): string => moment.formatToParts().find(({ type }) => type === "timeZoneName")?.value ?? "";
/** A day of the studio's figures, which are counted in UTC. */
export const day = (iso: string): string => dayOfMonth.format(new Date(iso));

/** How long ago, or in how long. */
export function ago(iso: string | null | undefined, now = Date.now()): string {
  if (!iso) return none;
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(Math.trunc(seconds), "second");
}

/** `integrated_lufs` as words. */
export const words = (name: string): string => {
  const text = name.replace(/[_-]+/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
};
