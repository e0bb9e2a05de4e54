import { get } from "../api/client";
import type { Operation } from "../api/types";

let known: Promise<Operation[]> | undefined;

async function load(): Promise<Operation[]> {
  const answers = await Promise.allSettled(
    ["/audio/operations", "/video/operations"].map((path) => get<{ operations: Operation[] }>(path)),
  );
  const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value.operations : []));
  const failure = answers.find((answer): answer is PromiseRejectedResult => answer.status === "rejected");
  if (failure) {
    known = undefined;
    if (found.length === 0) throw failure.reason;
  }
  // What only measures the studio itself is nobody's work.
  return found.filter((operation) => !operation.name.includes(".bench-"));
}

/** What the studio can do; asked for once, the services that do not answer are left out. */
export function operations(): Promise<Operation[]> {
  known ??= load();
  return known;
}
