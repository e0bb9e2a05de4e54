import type { Schema } from "../api/types";
import { texts } from "../texts";
import { ParameterField } from "./ParameterField";
import { controlOf } from "./parameters";

interface Props {
  schema: Schema;
  entered: Record<string, string>;
  problems: Record<string, string>;
  change: (name: string, text: string) => void;
}

/** How the result is written: the same for every operation that writes audio, and seldom changed. */
const seldom = new Set(["bit_depth", "channels", "dither", "quality", "sample_rate_hz", "threads", "beams", "temperature"]);
/** What most people come for. */
const leading = new Set(["preset", "text", "detector", "chain"]);
/** Shown at once; the rest can be opened. */
const most = 8;

/** The form of an operation, made from its published schema. */
export function ParameterForm({ schema, entered, problems, change }: Props) {
  const names = Object.keys(schema.properties ?? {});
  function rank(name: string): number {
    if (schema.required?.includes(name)) return 0;
    if (leading.has(name)) return 1;
    if (seldom.has(name)) return 4;
    return controlOf(schema.properties?.[name] ?? {}) === "json" ? 3 : 2;
  }
  const ordered = [...names].sort((a, b) => rank(a) - rank(b));
  const first = ordered.filter((name, index) => rank(name) < 4 && index < most);
  const rest = ordered.filter((name) => !first.includes(name));
  const field = (name: string) => (
    <ParameterField
      key={name}
      name={name}
      schema={schema.properties?.[name] ?? {}}
      isRequired={schema.required?.includes(name) ?? false}
      text={entered[name] ?? ""}
      problem={problems[name]}
      change={(text) => change(name, text)}
    />
  );
  return (
    <>
      <div className="fields">{first.map(field)}</div>
      {rest.length > 0 && (
        // Open when something in it is wrong: nobody finds a fault that is folded away.
        <details open={rest.some((name) => problems[name]) || undefined}>
          <summary>{texts.jobs.moreSettings}</summary>
          <div className="fields">{rest.map(field)}</div>
        </details>
      )}
    </>
  );
}
