import { Store } from "./store";

/** Milliseconds since 1970, to some seconds. */
export const clock = new Store(Date.now());

setInterval(() => clock.set(Date.now()), 5000);
