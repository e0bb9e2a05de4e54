import type { Indicator } from "../api/types";
import { change, measure } from "../format";
import { href } from "../state/router";
import { texts } from "../texts";

/** Of these less is better; of costs and amounts neither is said. */
const better: Record<string, "more" | "less"> = {
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

function tone({ name, change: value }: Indicator): string {
  const wish = better[name];
  if (!wish || !value) return "";
  return value > 0 === (wish === "more") ? "good" : "bad";
}

/** A key figure with its change; it leads to the measurements behind it. */
export function IndicatorTile({ indicator }: { indicator: Indicator }) {
  const { name, title, unit, value, before, change: changed, formula } = indicator;
  return (
    <li className="tile" data-kpi={name}>
      <a href={href("overview", name)} title={`${texts.overview.formula}: ${formula}`}>
        <span className="tile-title">{title}</span>
        <span className="tile-value">{measure(value, unit)}</span>
        <span className="tile-change">
          {changed === null ? (
            texts.overview.noBefore
          ) : (
            <>
              <span className={`change ${tone(indicator)}`}>{change(changed)}</span> {texts.overview.before(measure(before, unit))}
            </>
          )}
        </span>
      </a>
    </li>
  );
}
