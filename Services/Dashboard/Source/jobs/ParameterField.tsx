import type { Schema } from "../api/types";
import { words } from "../format";
import { Field } from "../parts/Field";
import { texts } from "../texts";
import { controlOf, hint, typeOf } from "./parameters";

interface Props {
  name: string;
  schema: Schema;
  isRequired: boolean;
  text: string;
  problem?: string;
  change: (text: string) => void;
}

/** A name without the unit at its end, which stands beside the control. */
function label(name: string, schema: Schema, isRequired: boolean): string {
  const text = words(schema["x-unit"] ? name.replace(/_(s|seconds|ms|hz|db|dbtp|lufs|dbfs|px)$/, "") : name);
  return isRequired ? `${text} (${texts.jobs.required})` : text;
}

/** The control of one parameter, made from its schema. */
export function ParameterField({ name, schema, isRequired, text, problem, change }: Props) {
  const kind = controlOf(schema);
  const help = [schema.description, hint(schema)].filter(Boolean).join(" · ");
  const standard = schema.default === undefined || schema.default === null ? texts.jobs.automatic : String(schema.default);
  return (
    <Field label={label(name, schema, isRequired)} help={help} problem={problem}>
      {(attributes) => {
        const common = { ...attributes, name, value: text, required: isRequired };
        switch (kind) {
          case "choice":
            return (
              <select {...common} onChange={(event) => change(event.target.value)}>
                <option value="">{texts.jobs.standard(standard)}</option>
                {schema.enum
                  ?.filter((option) => option !== null && option !== schema.default)
                  .map((option) => (
                    <option key={String(option)} value={String(option)}>
                      {String(option)}
                    </option>
                  ))}
              </select>
            );
          case "flag":
            return (
              <select {...common} onChange={(event) => change(event.target.value)}>
                <option value="">{texts.jobs.standard(schema.default ? texts.jobs.yes : texts.jobs.no)}</option>
                <option value="true">{texts.jobs.yes}</option>
                <option value="false">{texts.jobs.no}</option>
              </select>
            );
          case "number":
            return (
              <span className="with-unit">
                <input
                  {...common}
                  type="number"
                  inputMode="decimal"
                  min={schema.minimum}
                  max={schema.maximum}
                  step={typeOf(schema) === "integer" ? 1 : "any"}
                  placeholder={standard}
                  onChange={(event) => change(event.target.value)}
                />
                {schema["x-unit"] && <span className="unit">{schema["x-unit"]}</span>}
              </span>
            );
          case "lines":
            return <textarea {...common} rows={4} maxLength={schema.maxLength} onChange={(event) => change(event.target.value)} />;
          case "json":
            return (
              <textarea
                {...common}
                className="code"
                rows={6}
                spellCheck={false}
                placeholder={typeOf(schema) === "array" ? "[…]" : "{…}"}
                onChange={(event) => change(event.target.value)}
              />
            );
          default:
            return (
              <input
                {...common}
                className={schema.format === "password" ? "unseen" : undefined}
                autoComplete="off"
                maxLength={schema.maxLength}
                placeholder={standard}
                onChange={(event) => change(event.target.value)}
              />
            );
        }
      }}
    </Field>
  );
}
