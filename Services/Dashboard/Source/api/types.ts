/** The studio's documents, as far as the page reads them. */

export interface StoredFile {
  id: string;
  name: string;
  size: number;
  media_type: string;
  created: string;
}

/** A file as jobs name it. */
export interface JobFile {
  file: string;
  name: string;
  size: number;
  media_type: string;
}

export type JobState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

export interface Job {
  id: string;
  operation: string;
  state: JobState;
  created: string;
  started?: string;
  finished?: string;
  owner: string;
  progress: number;
  stage?: string;
  cached: boolean;
  attempts: number;
  inputs: JobFile[];
  parameters?: Record<string, unknown>;
  result?: { files: JobFile[]; measurements: Record<string, unknown>; usage?: { cpu_seconds: number; peak_memory_bytes: number } };
  problem?: { code: string; message: string };
}

/** The part of JSON Schema that operations are declared with. */
export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  /** `password` is not shown while it is written. */
  format?: string;
  default?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  "x-unit"?: string;
}

export interface Operation {
  name: string;
  path: string;
  summary: string;
  version: string;
  cost: string;
  inputs: { kind: string; minimum: number; maximum: number };
  parameters: Schema;
  output: { files: string | null; measurements: Schema | null };
}

export interface Indicator {
  name: string;
  title: string;
  unit: string;
  formula: string;
  value: number | null;
  before: number | null;
  change: number | null;
}

export interface Series {
  script_name: string;
  metric_type: string;
  /** time, count, sum, min, max */
  points: [string, number, number, number, number][];
}

export interface SeriesDocument {
  from: string;
  to: string;
  series: Series[];
}

export interface Run {
  id: string;
  script_name: string;
  status: "running" | "succeeded" | "failed" | "cancelled";
  timestamp: string;
  ended?: string;
  seconds?: number;
  owner: string;
  error?: string;
}

export interface Sum {
  count: number;
  sum: number;
  mean: number;
  min: number;
  max: number;
}

export interface PipelineState {
  name: string;
  owner: string;
  status: "idle" | "running" | "succeeded" | "failed" | "cancelled";
  step?: string;
  progress?: number;
  started?: string;
  pid?: number;
  host?: string;
  updated: string;
  /** It says that it runs, and has said nothing for long. */
  stale: boolean;
}

export interface Costs {
  from: string;
  total: { count: number; sum: number };
  /** Of models; costs that scripts told of are of none. */
  calls: number;
  saved: number;
  currency: string;
  month: {
    from: string;
    to: string;
    spent: number;
    /** Null before there is a whole day to project from. */
    projected: number | null;
    /** The whole days that it is projected from. */
    days: number;
  };
  groups?: { name: string; calls: number; count: number; cost: number }[];
}

export interface Model {
  id: string;
  available: boolean;
  local: boolean;
  price: { input_per_million: number; output_per_million: number };
}

export interface Key {
  id: string;
  name: string;
  owner: string;
  tier: string;
  scopes: string[];
  state: string;
  created: string;
  expires: string | null;
  revoked: string | null;
}

export interface AuditEntry {
  sequence: number;
  time: string;
  method: string;
  path: string;
  owner: string;
  outcome: string;
  key?: string;
}
