import type { Problem } from "../api/problem";
import type { Schema } from "../api/types";
import { number } from "../format";
import { texts } from "../texts";

/** How a parameter is asked for. */
export type Control = "choice" | "flag" | "number" | "text" | "lines" | "json";

/** The schema's type, without the null that stands for what is not given. */
export function typeOf(schema: Schema): string {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? ""];
  return types.find((type) => type !== "null") ?? "";
}

export function controlOf(schema: Schema): Control {
  if (schema.enum) return "choice";
  switch (typeOf(schema)) {
    case "boolean":
      return "flag";
    case "integer":
    case "number":
      return "number";
    case "string":
      return (schema.maxLength ?? 0) >= 10_000 ? "lines" : "text";
    default:
      return "json";
  }
}

/** The range, unit and default of a parameter in words. */
export function hint(schema: Schema): string {
  const unit = schema["x-unit"] ? ` ${schema["x-unit"]}` : "";
  const parts: string[] = [];
  // What no machine holds is no bound worth telling.
  if (schema.minimum !== undefined && schema.maximum !== undefined && schema.maximum <= Number.MAX_SAFE_INTEGER) {
    parts.push(texts.jobs.range(number(schema.minimum), number(schema.maximum)) + unit);
  } else if (unit) {
    parts.push(unit.trim());
  }
  if (controlOf(schema) === "number" && schema.default !== undefined) parts.push(texts.jobs.defaultIs(String(schema.default)));
  return parts.join(", ");
}

/** What is written in a control as the parameter's value.
 *  @throws Error that tells what is wrong with it. */
export function parse(text: string, schema: Schema): unknown {
  switch (controlOf(schema)) {
    case "flag":
      return text === "true";
    case "number": {
      const value = Number(text);
      if (!Number.isFinite(value) || (typeOf(schema) === "integer" && !Number.isInteger(value)))
        throw new Error(texts.jobs.invalidNumber);
      const { minimum = -Infinity, maximum = Infinity } = schema;
      if (value < minimum || value > maximum) throw new Error(texts.jobs.outOfRange(number(minimum), number(maximum)));
      return value;
    }
    case "json":
      try {
        return JSON.parse(text) as unknown;
      } catch (error) {
        throw new Error(texts.jobs.invalidJson + (error instanceof Error ? error.message : ""));
      }
    case "choice":
      return schema.enum?.find((option) => String(option) === text);
    default:
      return text;
  }
}

export interface Reading {
  values: Record<string, unknown>;
  /** What is wrong, by parameter. */
  problems: Record<string, string>;
}

/** Reads all controls; what is empty is left to the operation's default. */
export function read(entered: Record<string, string>, schema: Schema): Reading {
  const reading: Reading = { values: {}, problems: {} };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const text = entered[name] ?? "";
    if (text.trim() === "") {
      if (schema.required?.includes(name)) reading.problems[name] = texts.jobs.missing;
      continue;
    }
    try {
      reading.values[name] = parse(text, property);
    } catch (error) {
      reading.problems[name] = error instanceof Error ? error.message : String(error);
    }
  }
  return reading;
}

/** The parameter that a refusal is about: it is named, or a place inside it, such as `/effects/0/gain_db`. */
export function parameterOf(problem: Problem, schema: Schema): string | undefined {
  const properties = schema.properties ?? {};
  const named = problem.field?.replace(/^parameters\./, "").split(/[.[/]/)[0] ?? "";
  if (named in properties) return named;
  const inside = /^\/(\w+)/.exec(problem.message)?.[1];
  return inside ? Object.keys(properties).find((name) => properties[name]?.properties?.[inside]) : undefined;
}
