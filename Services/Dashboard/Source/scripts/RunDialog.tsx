import { get } from "../api/client";
import type { Run } from "../api/types";
import { duration, number, time, words } from "../format";
import { Dialog } from "../parts/Dialog";
import { Load } from "../parts/Load";
import { StateBadge } from "../parts/StateBadge";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";

interface Detail extends Run {
  metrics: { metric_type: string; value: number; timestamp: string }[];
}

/** A run with its measurements. */
export function RunDialog({ id, close }: { id: string; close: () => void }) {
  const loaded = useLoad((signal) => get<Detail>(`/api/runs/${encodeURIComponent(id)}`, signal), id);
  return (
    <Dialog title={id} close={close}>
      <Load from={loaded}>
        {(run) => (
          <>
            <p className="row">
              <StateBadge state={run.status} />
              <span>{time(run.timestamp)}</span>
              <span>{duration(run.seconds)}</span>
            </p>
            {run.error && <p className="wrong">{run.error}</p>}
            <h3>{texts.scripts.measurements}</h3>
            <dl>
              {run.metrics.map((metric, index) => (
                <div key={index}>
                  <dt>{words(metric.metric_type)}</dt>
                  <dd>{number(metric.value)}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </Load>
    </Dialog>
  );
}
