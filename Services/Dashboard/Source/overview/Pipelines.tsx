import type { PipelineState } from "../api/types";
import { time } from "../format";
import { Ago } from "../parts/Ago";
import { Badge } from "../parts/Badge";
import { Card } from "../parts/Card";
import { Empty } from "../parts/Empty";
import { Loading } from "../parts/Loading";
import { Progress } from "../parts/Progress";
import { StateBadge } from "../parts/StateBadge";
import { connection, pipelines } from "../state/live";
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
        <Ago at={state.updated} />
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

function States({ of: states }: { of: PipelineState[] }) {
  if (states.length === 0) return <Empty title={texts.overview.noPipelines} detail={texts.overview.noPipelinesDetail} />;
  return (
    <ul className="pipelines">
      {states
        .sort((a, b) => b.updated.localeCompare(a.updated))
        .slice(0, 8)
        .map((state) => (
          <Item key={`${state.owner}/${state.name}`} state={state} />
        ))}
    </ul>
  );
}

/** What is said until a stream has told of them. */
function Untold() {
  const line = useStore(connection);
  if (line === "off") return <Empty title={texts.connection.off} />;
  return <Loading text={line === "waiting" ? texts.connection.waiting : undefined} />;
}

/** What the pipelines do now, as they tell it. */
export function Pipelines() {
  const known = useStore(pipelines);
  return <Card title={texts.overview.pipelines}>{known ? <States of={[...known.values()]} /> : <Untold />}</Card>;
}
