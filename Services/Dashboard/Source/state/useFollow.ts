import { useEffect, useRef, useState } from "react";
import type { Loaded } from "./useLoad";

/** What comes together is asked for once, after as many milliseconds. */
const gathering = 200;
/** However much happens, nothing is asked for sooner, in milliseconds, after its last answer. */
const pause = 2000;

/** Loads again when something happens.
 *  @param watch calls what it is given whenever something happens, and returns what ends that; a new one is watched anew. */
export function useFollow<T>({ isLoading, reload }: Loaded<T>, watch: (happens: () => void) => () => void): void {
  const [isStale, setStale] = useState(false);
  const answered = useRef(0);
  useEffect(() => watch(() => setStale(true)), [watch]);
  useEffect(() => {
    if (!isLoading) answered.current = Date.now();
  }, [isLoading]);
  useEffect(() => {
    if (!isStale || isLoading) return;
    const timer = setTimeout(
      () => {
        setStale(false);
        reload();
      },
      Math.max(gathering, answered.current + pause - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [isStale, isLoading, reload]);
}
