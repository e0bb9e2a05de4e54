import { Store } from "./store";

/** Who is signed in. */
export interface Session {
  /** A key, or a session's token; it is sent as `Authorization: Bearer`. */
  token: string;
  /** What the page calls them. */
  name: string;
  owner: string;
  scopes: string[];
  /** Whether this is a person, whose session ends at sign-out, and not a key. */
  isPerson: boolean;
}

const place = "avstudio.session";

/** Forgotten when the tab is closed: a key in this tab is of no use to others. */
function read(): Session | null {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? "null") as Session | null;
  } catch {
    return null;
  }
}

export const session = new Store<Session | null>(read());

/** Why the sign-in page is shown, when it is not by choice. */
export const farewell = new Store<"" | "expired">("");

export function begin(value: Session): void {
  sessionStorage.setItem(place, JSON.stringify(value));
  farewell.set("");
  session.set(value);
}

export function end(reason: "" | "expired"): void {
  sessionStorage.removeItem(place);
  farewell.set(reason);
  session.set(null);
}

export function isAdministrator(value: Session | null): boolean {
  return value?.scopes.includes("admin") ?? false;
}

/** Whether the caller may do what a scope stands for. */
export function may(value: Session | null, scope: string): boolean {
  return isAdministrator(value) || (value?.scopes.includes(scope) ?? false);
}
