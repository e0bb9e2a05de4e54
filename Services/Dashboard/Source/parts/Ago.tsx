import { ago, exact } from "../format";
import { clock } from "../state/clock";
import { useStore } from "../state/store";

/** How long ago a moment was, which goes on while the page is looked at; its title says it to the second and with its zone. */
export function Ago({ at }: { at: string }) {
  useStore(clock);
  return (
    <time dateTime={at} title={exact(at)}>
      {ago(at)}
    </time>
  );
}
