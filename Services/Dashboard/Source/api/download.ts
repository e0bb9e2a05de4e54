import { send } from "./client";

/** Hands bytes to the browser as a file. */
export function keep(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Fetches a path with the caller's key and keeps what comes. */
export async function download(path: string, name: string): Promise<void> {
  keep(await (await send(path)).blob(), name);
}
