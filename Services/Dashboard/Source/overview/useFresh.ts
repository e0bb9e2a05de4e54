import { useEffect, useRef } from "react";
import { get } from "../api/client";
import { changes } from "../state/live";
import { useStore } from "../state/store";
import { type Loaded, useLoad } from "../state/useLoad";

/** How often figures are asked for when the stream tells nothing; an answer that has not changed is a 304 without a body. */
const interval = 15_000;
/** However much happens, figures are asked for no more often. */
const pause = 2000;

/** A document of the analytics that follows what happens. */
export function useFresh<T>(path: string): Loaded<T> {
  const loaded = useLoad<T>((signal) => get<T>(path, signal), path, interval);
  const change = useStore(changes);
  const { reload } = loaded;
  const asked = useRef({ change, time: 0 });
  useEffect(() => {
    if (change === asked.current.change) return;
    const timer = setTimeout(
      () => {
        asked.current = { change, time: Date.now() };
        reload();
      },
      Math.max(200, asked.current.time + pause - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [change, reload]);
  return loaded;
}
