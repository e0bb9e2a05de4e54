import { Store } from "./store";

/** Changes every few seconds, for what is to be drawn again as time goes by. */
export const clock = new Store(Date.now());

const tick = () => clock.set(Date.now());
setInterval(tick, 5000);
// Timers of a page that nobody looks at stand still.
document.addEventListener("visibilitychange", tick);
