import { texts } from "../texts";
import { Choice } from "./Choice";

/** Over how many days a page looks back. */
export function Days({
  value,
  choose,
  options = [1, 7, 30],
}: {
  value: number;
  choose: (days: number) => void;
  options?: number[];
}) {
  return (
    <Choice
      label={texts.period}
      value={String(value)}
      choose={(days) => choose(Number(days))}
      options={options.map((days) => [String(days), texts.lastDays(days)])}
    />
  );
}
