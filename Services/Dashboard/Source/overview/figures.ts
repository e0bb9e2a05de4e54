/** Of these less is better, or more; of amounts neither is said. */
export const better: Record<string, "more" | "less"> = {
  job_success_rate: "more",
  run_success_rate: "more",
  job_reuse_rate: "more",
  llm_cache_hit_rate: "more",
  errors: "less",
  waiting_time: "less",
  processing_time: "less",
  cpu_per_media: "less",
  llm_latency: "less",
  cost: "less",
  cost_per_video: "less",
  cost_per_call: "less",
};

/** The key figure that a type of measurement is seen in. */
export const figureOf: Record<string, string> = {
  cost_dollars: "cost",
  processing_seconds: "processing_time",
  media_seconds: "media_hours",
};
