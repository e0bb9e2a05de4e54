import { exact, time } from "../format";

/** A moment in the reader's time; its title says it to the second and with its zone. */
export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={exact(at)}>
      {time(at)}
    </time>
  );
}
