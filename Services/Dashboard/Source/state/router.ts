import { Store, useStore } from "./store";

/** Where the page is: `#/jobs/audio/job_1` is the words jobs, audio, job_1. The fragment never leaves the browser, so that the
 *  page's places and the studio's paths can not meet. */
export type Route = string[];

function read(): Route {
  return location.hash
    .replace(/^#\/?/, "")
    .split("/")
    .filter(Boolean)
    .map((word) => {
      try {
        return decodeURIComponent(word);
      } catch {
        return word;
      }
    });
}

const route = new Store<Route>(read());
window.addEventListener("hashchange", () => route.set(read()));

export const useRoute = (): Route => useStore(route);

export const href = (...words: string[]): string => `#/${words.map(encodeURIComponent).join("/")}`;

export function go(...words: string[]): void {
  location.hash = href(...words);
}
