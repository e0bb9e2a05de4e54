import type { Schema } from "../api/types";
import { measure, none, words } from "../format";
import { texts } from "../texts";

/** Of longer lists only the number of entries is shown; the files have them all. */
const most = 20;

type Values = Record<string, unknown>;

const isGroup = (value: unknown): value is Values => typeof value === "object" && value !== null && !Array.isArray(value);

/** Units as names end with them, where the schema does not tell. */
const units: Record<string, string> = {
  seconds: "s",
  s: "s",
  ms: "ms",
  hz: "Hz",
  db: "dB",
  dbtp: "dBTP",
  dbfs: "dBFS",
  lufs: "LUFS",
  lu: "LU",
  bytes: "B",
  px: "px",
};

const ending = (key: string): string => key.slice(key.lastIndexOf("_") + 1);
const unitOf = (key: string, schema: Schema | undefined): string | undefined =>
  schema?.["x-unit"] ?? (key.includes("_") ? units[ending(key)] : undefined);

function shown(key: string, value: unknown, schema: Schema | undefined): string {
  if (value === null || value === undefined || value === "") return none;
  if (typeof value === "number") return measure(value, unitOf(key, schema));
  if (typeof value === "boolean") return value ? texts.jobs.yes : texts.jobs.no;
  if (!Array.isArray(value)) return String(value);
  if (value.length > most) return texts.jobs.entries(value.length);
  return value.map((item) => (isGroup(item) ? JSON.stringify(item) : String(item))).join(", ") || none;
}

function name(key: string): string {
  return words(units[ending(key)] && key.includes("_") ? key.slice(0, key.lastIndexOf("_")) : key);
}

/** What was measured, with its units; groups within groups become headings. */
export function Measurements({ values, schema }: { values: Values; schema: Schema }) {
  const entries = Object.entries(values);
  const single = entries.filter(([, value]) => !isGroup(value));
  const groups = entries.filter((entry): entry is [string, Values] => isGroup(entry[1]) && Object.keys(entry[1]).length > 0);
  return (
    <div className="measurements">
      {single.length > 0 && (
        <dl>
          {single.map(([key, value]) => (
            <div key={key} title={schema.properties?.[key]?.description}>
              <dt>{name(key)}</dt>
              <dd>{shown(key, value, schema.properties?.[key])}</dd>
            </div>
          ))}
        </dl>
      )}
      {groups.map(([key, value]) => (
        <section key={key}>
          <h4>{words(key)}</h4>
          <Measurements values={value} schema={schema.properties?.[key] ?? {}} />
        </section>
      ))}
    </div>
  );
}
