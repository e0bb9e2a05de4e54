import { post, send } from "./client";

/** For as long a browser may take to ask, in seconds. */
const patience = 10;

/** Lets the browser fetch a path as a file, straight to the disk however large it is. A link sends no header that tells who asks:
 *  a cookie does, for a few seconds, with a token that reads this path and nothing else. */
export async function download(path: string, name: string): Promise<void> {
  // What is refused is told here, and not by a file that does not come.
  if (path.startsWith("/files/")) {
    const first = await send(path);
    void first.body?.cancel();
  }
  const only = path.split("?")[0];
  const { token } = await post<{ token: string }>("/auth/download", { path: only });
  const place = `path=${only}; samesite=strict${location.protocol === "https:" ? "; secure" : ""}`;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in all browsers.
  document.cookie = `avstudio_download=${token}; ${place}; max-age=${patience}`;
  const link = document.createElement("a");
  link.href = path;
  link.download = name;
  link.click();
}
