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

/** What there was as much time before: of a part of an hour the share is taken, but of what is counted there are no parts. */
function earlier({ before, unit }: Indicator): string {
  const isCounted = /^[a-z]{4,}$/.test(unit);
  return measure(before !== null && isCounted ? Math.round(before) : before, unit);
}

/** A key figure with its change; it leads to the scripts and the measurements behind it. */
export function IndicatorTile({ indicator, days }: { indicator: Indicator; days: number }) {
  const { name, title, unit, value, change: changed, formula } = indicator;
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
              <span className={`change ${tone(indicator)}`}>{change(changed)}</span> {texts.overview.before(earlier(indicator))}
            </>
          )}
        </span>
      </a>
    </li>
  );
}
