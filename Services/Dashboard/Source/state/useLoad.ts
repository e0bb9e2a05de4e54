import { useCallback, useEffect, useRef, useState } from "react";
import { Problem } from "../api/problem";

/** Milliseconds. */
const soon = 15_000;

export interface Loaded<T> {
  /** What was loaded last; kept while it is loaded again. */
  data?: T;
  problem?: Problem;
  isLoading: boolean;
  reload(): void;
}

/** Loads what `load` promises, again when `key` changes, and every `interval` milliseconds while the page is looked at. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, key: string, interval?: number): Loaded<T> {
  const [state, setState] = useState<{ key: string; data?: T; problem?: Problem; isLoading: boolean }>({ key, isLoading: true });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    const abort = new AbortController();
    setState((old) => (old.key === key ? { ...old, isLoading: true } : { key, isLoading: true }));
    latest.current(abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) setState({ key, data, isLoading: false });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const problem = error instanceof Problem ? error : new Problem(0, "page", String(error));
        setState((old) => ({ ...old, problem, isLoading: false }));
      },
    );
    return () => abort.abort();
  }, [key, turn]);

  const reload = useCallback(() => setTurn((number) => number + 1), []);
  // What did not answer is asked again soon.
  const wait = interval && state.problem ? Math.min(interval, soon) : interval;
  useEffect(() => {
    if (!wait) return;
    const timer = setInterval(() => {
      if (!document.hidden) reload();
    }, wait);
    return () => clearInterval(timer);
  }, [wait, reload]);

  return { data: state.data, problem: state.problem, isLoading: state.isLoading, reload };
}
