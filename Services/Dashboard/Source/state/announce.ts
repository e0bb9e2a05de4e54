import { Store } from "./store";

/** What screen readers are told and eyes see for a moment. */
export interface Notice {
  text: string;
  kind: "good" | "bad";
  number: number;
}

export const notice = new Store<Notice | null>(null);
let count = 0;

export function announce(text: string, kind: Notice["kind"] = "good"): void {
  count += 1;
  const number = count;
  notice.set({ text, kind, number });
  setTimeout(() => {
    if (notice.get()?.number === number) notice.set(null);
  }, 6000);
}
