import { useId } from "react";

/** A few choices side by side, of which one holds; radio buttons to keyboards and screen readers. */
interface Props<Value extends string> {
  label: string;
  value: Value;
  options: [Value, string][];
  choose: (value: Value) => void;
}

export function Choice<Value extends string>({ label, value, options, choose }: Props<Value>) {
  // Buttons of one name are one choice: others on the page have the same label.
  const name = useId();
  return (
    <fieldset className="choice">
      <legend className="hidden">{label}</legend>
      {options.map(([option, text]) => (
        <label key={option} className={option === value ? "chosen" : undefined}>
          <input type="radio" name={name} value={option} checked={option === value} onChange={() => choose(option)} />
          {text}
        </label>
      ))}
    </fieldset>
  );
}
