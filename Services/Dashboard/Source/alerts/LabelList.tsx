import type { Labels } from "./api";

/** Labels as they are written in rules. */
export function LabelList({ labels }: { labels: Labels }) {
  return (
    <span className="labels">
      {Object.entries(labels)
        .filter(([name]) => name !== "alertname")
        .map(([name, value]) => (
          <code key={name}>
            {name}={value}
          </code>
        ))}
    </span>
  );
}
