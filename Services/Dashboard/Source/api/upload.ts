import { identity, send } from "./client";
import { Problem } from "./problem";

const version = { "Tus-Resumable": "1.0.0" };
/** Bytes of one request: what is lost at most when the line breaks where a proxy holds bodies back. */
const piece = 16 << 20;
/** Attempts that bring nothing before the upload stops and waits for a person. */
const patience = 8;

export interface Progress {
  sent: number;
  total: number;
  state: "sending" | "waiting" | "done";
}

/** What a file is known by when it is chosen again. */
const place = (file: File) => `avstudio.upload.${file.name}.${file.size}.${file.lastModified}`;

function metadata(file: File): string {
  const bytes = new TextEncoder().encode(file.name);
  return `filename ${btoa(String.fromCharCode(...bytes))}`;
}

/** Where the upload of this file is, begun earlier or now, and how much of it has arrived. */
async function begin(file: File, signal: AbortSignal): Promise<{ path: string; offset: number; id?: string }> {
  const known = sessionStorage.getItem(place(file));
  if (known) {
    try {
      const response = await send(known, { method: "HEAD", headers: version, signal });
      const id = response.headers.get("Upload-File") ?? undefined;
      return { path: known, offset: Number(response.headers.get("Upload-Offset")), id };
    } catch (error) {
      if (!(error instanceof Problem) || error.isUnreachable) throw error;
      // It has expired: begin anew.
    }
  }
  const headers = { ...version, "Upload-Length": String(file.size), "Upload-Metadata": metadata(file) };
  const response = await send("/files/uploads", { method: "POST", headers, signal });
  const path = response.headers.get("Location") ?? "";
  sessionStorage.setItem(place(file), path);
  return { path, offset: 0, id: response.headers.get("Upload-File") ?? undefined };
}

/** Sends one piece; XMLHttpRequest, since fetch does not tell how much has gone.
 *  @returns the offset after it, and the file's identifier when it was the last. */
function append(
  path: string,
  offset: number,
  body: Blob,
  signal: AbortSignal,
  sent: (bytes: number) => void,
): Promise<{ offset: number; id?: string }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PATCH", path);
    const headers = {
      ...identity(),
      ...version,
      "Upload-Offset": String(offset),
      "Content-Type": "application/offset+octet-stream",
    };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => sent(offset + event.loaded);
    request.onload = () => {
      if (request.status === 204) {
        resolve({
          offset: Number(request.getResponseHeader("Upload-Offset")),
          id: request.getResponseHeader("Upload-File") ?? undefined,
        });
      } else {
        let detail = request.statusText;
        try {
          detail = (JSON.parse(request.responseText) as { detail?: string }).detail ?? detail;
        } catch {
          // A refusal without a document keeps its status line.
        }
        reject(new Problem(request.status, "upload", detail));
      }
    };
    request.onerror = () => reject(new Problem(0, "no-answer", "The connection broke."));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

/** Whether another attempt may do better; 423 while the request that broke is still being read. */
function isPassing(error: unknown): boolean {
  return error instanceof Problem && (error.isUnreachable || error.status === 409 || error.status === 423 || error.status === 429);
}

/** Uploads a file by tus 1.0, from where it was left; goes on by itself after breaks.
 *  @returns the file's identifier.
 *  @throws Problem, or AbortError when it is paused. */
export async function upload(file: File, signal: AbortSignal, progress: (value: Progress) => void): Promise<string> {
  let failures = 0;
  for (;;) {
    let arrived = 0;
    try {
      const start = await begin(file, signal);
      let { offset, id } = start;
      arrived = offset;
      while (!id) {
        const body = file.slice(offset, offset + piece);
        const next = await append(start.path, offset, body, signal, (sent) =>
          progress({ sent, total: file.size, state: "sending" }),
        );
        failures = 0;
        ({ offset, id } = next);
        arrived = offset;
        if (!id && offset >= file.size) throw new Problem(0, "upload", "The upload ended without a file.");
      }
      sessionStorage.removeItem(place(file));
      progress({ sent: file.size, total: file.size, state: "done" });
      return id;
    } catch (error) {
      if (!isPassing(error) || ++failures > patience) throw error;
      progress({ sent: arrived, total: file.size, state: "waiting" });
      await new Promise((resolve) => setTimeout(resolve, Math.min(8000, 500 * 2 ** failures)));
      if (signal.aborted) throw new DOMException("stopped", "AbortError");
    }
  }
}
