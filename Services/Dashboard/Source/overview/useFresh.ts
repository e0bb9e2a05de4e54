import { get } from "../api/client";
import { changes } from "../state/live";
import { useFollow } from "../state/useFollow";
import { type Loaded, useLoad } from "../state/useLoad";

/** How often figures are asked for when the stream tells nothing; an answer that has not changed is a 304 without a body. */
const interval = 15_000;

/** A document of the analytics that follows what happens. */
export function useFresh<T>(path: string): Loaded<T> {
  const loaded = useLoad<T>((signal) => get<T>(path, signal), path, interval);
  useFollow(loaded, changes.watch);
  return loaded;
}
