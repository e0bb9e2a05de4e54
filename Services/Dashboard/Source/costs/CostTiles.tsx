import type { Costs } from "../api/types";
import { day, dollars, none } from "../format";
import { texts } from "../texts";

/** What was spent, and what the month will have cost, each with what it is told from. */
export function CostTiles({ costs: { from, total, saved, month } }: { costs: Costs }) {
  const words = texts.costs;
  const tiles: [string, string, string][] = [
    [words.period, dollars(total.sum), words.since(day(from))],
    [words.spent, dollars(month.spent), words.since(day(month.from))],
    month.projected === null
      ? [words.projected, none, words.noBasis]
      : [words.projected, dollars(month.projected), words.basis(month.days)],
    [words.saved, dollars(saved), words.savedBy],
  ];
  return (
    <ul className="tiles plain" aria-label={words.month}>
      {tiles.map(([title, value, basis]) => (
        <li key={title} className="tile">
          <span className="tile-title">{title}</span>
          <span className="tile-value">{value}</span>
          <span className="tile-change">{basis}</span>
        </li>
      ))}
    </ul>
  );
}
