import { end } from "../state/session";
import { identity } from "./client";

/** What is known of a stream. */
export type Connection = "connecting" | "live" | "waiting" | "off";

interface Listener {
  /** A stream begins, be it the first or a later one. */
  begin?(): void;
  /** An event with its name and its data, which is JSON. */
  event(name: string, data: unknown): void;
  connection(state: Connection): void;
}

/** A pause before the next attempt: doubled each time, 1 to 30 s, with jitter so that pages do not come back all at once. */
function pause(attempt: number): number {
  return Math.min(30_000, 1000 * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/** A stream that lasted as long, in milliseconds, and then ended was not broken: it ends by itself so that who follows it is
 *  known anew, and is asked for again at once. */
const lasting = 10_000;

/** Follows server-sent events, by fetch since EventSource sends no key; connects again when the stream breaks.
 *  @returns what ends it. */
export function follow(path: string, listener: Listener, options: { once?: boolean } = {}): () => void {
  const abort = new AbortController();
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function connect(isRenewed = false): Promise<void> {
    if (!isRenewed) listener.connection(attempt === 0 ? "connecting" : "waiting");
    let isFinal = false;
    try {
      const response = await fetch(path, {
        headers: { ...identity(), Accept: "text/event-stream" },
        signal: abort.signal,
        cache: "no-store",
      });
      if (response.status === 401) return end("expired");
      // What is refused for good is not asked for again.
      isFinal = response.status === 403 || response.status === 404;
      if (response.ok && response.body) {
        attempt = 0;
        listener.begin?.();
        listener.connection("live");
        const begun = Date.now();
        await read(response.body, listener);
        isFinal = options.once ?? false;
        if (!isFinal && !abort.signal.aborted && Date.now() - begun > lasting) return void connect(true);
      }
    } catch {
      if (abort.signal.aborted) return;
    }
    if (isFinal || abort.signal.aborted) return listener.connection("off");
    listener.connection("waiting");
    timer = setTimeout(() => void connect(), pause(attempt++));
  }

  void connect();
  return () => {
    clearTimeout(timer);
    abort.abort();
  };
}

async function read(body: ReadableStream<Uint8Array>, listener: Listener): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += value;
    const blocks = rest.split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? "";
    for (const block of blocks) dispatch(block, listener);
  }
}

/** One event (HTML standard, 9.2.6): comment lines are left out, data lines joined. */
function dispatch(block: string, listener: Listener): void {
  let name = "message";
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
  }
  if (data.length === 0) return;
  try {
    listener.event(name, JSON.parse(data.join("\n")));
  } catch {
    listener.event(name, data.join("\n"));
  }
}
