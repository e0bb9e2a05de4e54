import type { ReactNode } from "react";

export type Tone = "good" | "bad" | "busy" | "plain" | "warn";

/** A state in a word, with a dot of its colour; the word alone tells it too. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`badge ${tone}`}>
      <span className="dot" aria-hidden="true" />
      {children}
    </span>
  );
}
