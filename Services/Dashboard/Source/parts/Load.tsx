import type { ReactNode } from "react";
import type { Loaded } from "../state/useLoad";
import { Failure } from "./Failure";
import { Loading } from "./Loading";

/** Shows what was loaded, or that it is being loaded, or why it was not. */
export function Load<T>({ from, children }: { from: Loaded<T>; children: (data: T) => ReactNode }) {
  if (from.data !== undefined) return <>{children(from.data)}</>;
  if (from.problem) return <Failure problem={from.problem} retry={from.reload} />;
  return <Loading />;
}
