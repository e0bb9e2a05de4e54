import { useCallback, useState } from "react";
import { follow } from "../api/events";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import { useFollow } from "../state/useFollow";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { alerts } from "./api";
import { Deliveries } from "./Deliveries";
import { Firing } from "./Firing";
import { Receivers } from "./Receivers";
import { Rules } from "./Rules";
import { Silences } from "./Silences";

const interval = 10_000;

/** What is wrong, who was told, and what keeps quiet. */
export function AlertsPage() {
  const loaded = useLoad((signal) => alerts(signal), "alerts", interval);
  const [turn, setTurn] = useState(0);
  const { reload, problem, data } = loaded;
  const isHere = data !== undefined;
  // The first answer tells whether there is a service to follow.
  const watch = useCallback(
    (happens: () => void) =>
      isHere ? follow("/api/alerts/events", { connection: () => undefined, event: happens }) : () => undefined,
    [isHere],
  );
  useFollow(loaded, watch);

  if (!data && problem && !problem.isStudioAway && (problem.isUnreachable || problem.status === 404)) {
    return (
      <section className="card">
        <Empty title={texts.alerts.notHere} detail={texts.alerts.notHereDetail}>
          <button type="button" onClick={reload}>
            {texts.retry}
          </button>
        </Empty>
      </section>
    );
  }
  if (!data) return <Load from={loaded}>{() => null}</Load>;
  const changed = () => {
    reload();
    setTurn(turn + 1);
  };
  return (
    <>
      <Firing loaded={loaded} changed={changed} />
      <Silences key={turn} changed={changed} />
      <div className="columns even">
        <Receivers />
        <Rules />
      </div>
      <Deliveries />
    </>
  );
}
