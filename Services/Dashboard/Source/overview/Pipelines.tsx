import type { PipelineState } from "../api/types";
import { ago, time } from "../format";
import { Badge } from "../parts/Badge";
import { Card } from "../parts/Card";
import { Empty } from "../parts/Empty";
import { Progress } from "../parts/Progress";
import { StateBadge } from "../parts/StateBadge";
import { pipelines } from "../state/live";
import { useStore } from "../state/store";
import { texts } from "../texts";

function Item({ state }: { state: PipelineState }) {
  const words = texts.overview;
  const process = [state.pid && words.process(state.pid), state.host && words.host(state.host)].filter(Boolean).join(" ");
  return (
    <li className="pipeline" data-pipeline={state.name}>
      <div className="row">
        <strong>{state.name}</strong>
        <span className="row">
          {state.stale && <Badge tone="warn">{words.stale}</Badge>}
          <StateBadge state={state.status} />
        </span>
      </div>
      <div className="row muted">
        <span>{state.step}</span>
        <span title={time(state.updated)}>{ago(state.updated)}</span>
      </div>
      {(state.started || process) && (
        <div className="row muted">
          <span>{process}</span>
          {state.started && <time dateTime={state.started}>{words.begun(time(state.started))}</time>}
        </div>
      )}
      {state.status === "running" && <Progress value={state.progress ?? 0} label={`${state.name}: ${texts.jobs.progress}`} />}
    </li>
  );
}

/** What the pipelines do now, as they tell it. */
export function Pipelines() {
  const states = [...useStore(pipelines).values()].sort((a, b) => b.updated.localeCompare(a.updated));
  return (
    <Card title={texts.overview.pipelines}>
      {states.length ? (
        <ul className="pipelines">
          {states.slice(0, 8).map((state) => (
            <Item key={`${state.owner}/${state.name}`} state={state} />
          ))}
        </ul>
      ) : (
        <Empty title={texts.overview.noPipelines} detail={texts.overview.noPipelinesDetail} />
      )}
    </Card>
  );
}
