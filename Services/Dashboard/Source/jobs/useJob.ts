import { useEffect, useState } from "react";
import { get } from "../api/client";
import { type Connection, follow } from "../api/events";
import { Problem } from "../api/problem";
import type { Job } from "../api/types";
import { announce } from "../state/announce";
import { texts } from "../texts";
import { isOver, type Service } from "./jobs";

/** A job that is followed until it has ended. */
export function useJob(service: Service, id: string, turn: number): { job?: Job; problem?: Problem; connection: Connection } {
  const [job, setJob] = useState<Job>();
  const [problem, setProblem] = useState<Problem>();
  const [connection, setConnection] = useState<Connection>("connecting");

  useEffect(() => {
    const abort = new AbortController();
    const path = `/${service}/jobs/${id}`;
    let stop: (() => void) | undefined;
    function load(): Promise<void> {
      return get<Job>(path, abort.signal).then(
        (found) => {
          setJob(found);
          if (!isOver(found)) follows();
        },
        (error: unknown) => {
          if (!abort.signal.aborted) setProblem(error instanceof Problem ? error : new Problem(0, "page", String(error)));
        },
      );
    }
    function follows(): void {
      if (stop) return;
      stop = follow(`${path}/events`, {
        connection: setConnection,
        event(_name, data) {
          const found = data as Job;
          if (!found.id) return;
          // Events leave the parameters out.
          setJob((old) => ({ ...found, parameters: found.parameters ?? old?.parameters }));
          if (isOver(found)) {
            stop?.();
            setConnection("off");
            announce(texts.jobs.finished(texts.states[found.state]), found.state === "failed" ? "bad" : "good");
            void load();
          }
        },
      });
    }
    void load();
    return () => {
      abort.abort();
      stop?.();
    };
  }, [service, id, turn]);

  return { job, problem, connection };
}
