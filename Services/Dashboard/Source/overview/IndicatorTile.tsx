import type { Indicator } from "../api/types";
import { change, measure } from "../format";
import { href } from "../state/router";
import { texts } from "../texts";
import { better } from "./figures";

function tone({ name, change: value }: Indicator): string {
  const wish = better[name];
  if (!wish || !value) return "";
  return value > 0 === (wish === "more") ? "good" : "bad";
}

/** A key figure with its change; it leads to the scripts and the measurements behind it. */
export function IndicatorTile({ indicator, days }: { indicator: Indicator; days: number }) {
  const { name, title, unit, value, before, change: changed, formula } = indicator;
  return (
    <li className="tile" data-kpi={name}>
      <a href={href("overview", name, String(days))} title={`${texts.overview.formula}: ${formula}`}>
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
