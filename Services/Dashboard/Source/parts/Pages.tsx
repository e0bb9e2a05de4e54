import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { Problem } from "../api/problem";
import { texts } from "../texts";
import { Failure } from "./Failure";
import { Loading } from "./Loading";

interface Page<Item> {
  items: Item[];
  /** Where the next page begins. */
  next?: string;
}

interface Props<Item> {
  load: (before: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;
  empty: ReactNode;
  children: (items: Item[]) => ReactNode;
  /** Milliseconds after which the first page is asked for again, while no more were asked for and the page is looked at. */
  interval?: number;
}

/** A list that comes in pages: the first at once, the others when they are asked for. A new `key` begins anew. */
export function Pages<Item>({ load, empty, children, interval }: Props<Item>) {
  const [items, setItems] = useState<Item[]>();
  const [next, setNext] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(true);
  const latest = useRef(load);
  latest.current = load;
  const isFirst = useRef(true);

  const more = useCallback(async (before: string | undefined, signal: AbortSignal, isQuiet = false) => {
    if (before !== undefined) isFirst.current = false;
    if (!isQuiet) setBusy(true);
    setProblem(undefined);
    try {
      const page = await latest.current(before, signal);
      if (signal.aborted || (isQuiet && !isFirst.current)) return;
      setItems((old) => (before === undefined ? page.items : [...(old ?? []), ...page.items]));
      setNext(page.next);
    } catch (error) {
      if (!signal.aborted) setProblem(error instanceof Problem ? error : new Problem(0, "page", String(error)));
    }
    if (!signal.aborted && !isQuiet) setBusy(false);
  }, []);

  useEffect(() => {
    const abort = new AbortController();
    void more(undefined, abort.signal);
    return () => abort.abort();
  }, [more]);

  useEffect(() => {
    if (!interval) return;
    const abort = new AbortController();
    const timer = setInterval(() => {
      if (isFirst.current && !document.hidden) void more(undefined, abort.signal, true);
    }, interval);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [more, interval]);

  const ask = (before?: string) => void more(before, new AbortController().signal);
  return (
    <>
      {items && (items.length ? children(items) : empty)}
      {problem && <Failure problem={problem} retry={() => ask(isFirst.current ? undefined : next)} />}
      {isBusy && <Loading />}
      {next && !isBusy && !problem && (
        <button type="button" className="more" onClick={() => ask(next)}>
          {texts.more}
        </button>
      )}
    </>
  );
}
