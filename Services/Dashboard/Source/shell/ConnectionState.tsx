import { Badge, type Tone } from "../parts/Badge";
import { connection } from "../state/live";
import { useStore } from "../state/store";
import { texts } from "../texts";

const tones: Record<string, Tone> = { live: "good", connecting: "plain", waiting: "warn", off: "plain" };

/** Whether what is shown follows what happens. */
export function ConnectionState() {
  const state = useStore(connection);
  return (
    <span
      className="connection"
      role="status"
      aria-label={`${texts.connection.label}: ${texts.connection[state]}`}
      data-state={state}
    >
      <Badge tone={tones[state] ?? "plain"}>{texts.connection[state]}</Badge>
    </span>
  );
}
