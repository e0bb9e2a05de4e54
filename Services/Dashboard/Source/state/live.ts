import { type Connection, follow } from "../api/events";
import type { PipelineState } from "../api/types";
import { session } from "./session";
import { Store } from "./store";

/** How the stream of the pipelines is. */
export const connection = new Store<Connection>("off");
/** What the pipelines do, by owner and name; not known until a stream has told all of them. */
export const pipelines = new Store<ReadonlyMap<string, PipelineState> | undefined>(undefined);
/** Counts what came, states and the word that something was recorded, so that figures are asked for again. */
export const changes = new Store(0);

let stop: (() => void) | undefined;

/** Follows what happens for as long as somebody is signed in. */
function restart(): void {
  stop?.();
  stop = undefined;
  pipelines.set(undefined);
  connection.set("off");
  if (!session.get()) return;
  // A stream begins with every pipeline there is: those that went while nobody listened are not among them. Until it has told
  // all, what was known before is shown.
  let told: Map<string, PipelineState> | undefined;
  stop = follow("/api/pipelines/events", {
    begin: () => {
      told = new Map();
    },
    connection: (state) => connection.set(state),
    event(name, data) {
      if (name === "state") {
        const state = data as PipelineState;
        const key = `${state.owner}/${state.name}`;
        if (told) told.set(key, state);
        else pipelines.set(new Map(pipelines.get()).set(key, state));
      }
      if (name === "ready" && told) {
        pipelines.set(told);
        told = undefined;
      }
      if (name === "removed") {
        const { owner, name: gone } = data as { owner: string; name: string };
        const left = new Map(pipelines.get());
        left.delete(`${owner}/${gone}`);
        pipelines.set(left);
      }
      changes.set(changes.get() + 1);
    },
  });
}

session.watch(restart);
restart();
