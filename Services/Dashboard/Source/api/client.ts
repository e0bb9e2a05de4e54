import { end, session } from "../state/session";
import { Problem, problemOf } from "./problem";

interface Options {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** In place of the token of the session. */
  token?: string;
}

/** The headers that tell who asks. */
export function identity(token = session.get()?.token): Record<string, string> {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** Asks the studio; a refused session ends here.
 *  @throws Problem */
export async function send(path: string, options: Options = {}): Promise<Response> {
  const token = options.token ?? session.get()?.token;
  const headers: Record<string, string> = { ...identity(token), ...options.headers };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(path, {
      method: options.method ?? "GET",
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, "no-answer", "The studio does not answer.");
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (response.status === 401 && token && token === session.get()?.token) end("expired");
  throw problem;
}

/** Asks for a JSON document, or sends one. */
export async function call<T>(path: string, options: Options = {}): Promise<T> {
  const response = await send(path, options);
  if (response.status === 204 || response.headers.get("Content-Length") === "0") return undefined as T;
  return (await response.json()) as T;
}

export const get = <T>(path: string, signal?: AbortSignal) => call<T>(path, { signal });
export const post = <T>(path: string, body: unknown = {}) => call<T>(path, { method: "POST", body });
export const put = <T>(path: string, body: unknown) => call<T>(path, { method: "PUT", body });
export const remove = (path: string) => call<void>(path, { method: "DELETE" });

/** A path with a query; what is empty is left out. */
export function query(path: string, values: Record<string, string | number | undefined>): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== "") words.set(name, String(value));
  }
  const text = words.toString();
  return text ? `${path}?${text}` : path;
}
