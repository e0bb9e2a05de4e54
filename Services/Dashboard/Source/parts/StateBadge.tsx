import { texts } from "../texts";
import { Badge, type Tone } from "./Badge";

const tones: Record<string, Tone> = {
  succeeded: "good",
  failed: "bad",
  running: "busy",
  queued: "plain",
  cancelled: "plain",
  idle: "plain",
};

/** The state of a job, run or pipeline. */
export function StateBadge({ state }: { state: string }) {
  const name = state in texts.states ? (state as keyof typeof texts.states) : "unknown";
  return <Badge tone={tones[state] ?? "plain"}>{texts.states[name]}</Badge>;
}
