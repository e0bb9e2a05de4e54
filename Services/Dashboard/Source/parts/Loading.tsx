import { texts } from "../texts";

/** Something is on its way. */
export function Loading({ text = texts.loading }: { text?: string }) {
  return (
    <p className="loading" role="status">
      <span className="spinner" aria-hidden="true" />
      {text}
    </p>
  );
}
