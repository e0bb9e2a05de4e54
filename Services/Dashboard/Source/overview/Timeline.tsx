import type { Run } from "../api/types";
import { ago, duration, hour, zone } from "../format";
import { Card } from "../parts/Card";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import { href } from "../state/router";
import { texts } from "../texts";
import { useFresh } from "./useFresh";

const span = 24 * 3_600_000;
const rowHeight = 30;
const most = 12;

interface Lane {
  script: string;
  runs: Run[];
}

/** Of a run that only measurements are known of, the first of them is all there is. */
function endOf(run: Run): number {
  return run.ended ? Date.parse(run.ended) : run.status === "running" ? Date.now() : Date.parse(run.timestamp);
}

/** Runs by script, the scripts that ran last first. */
function lanes(runs: Run[], from: number): Lane[] {
  const found = new Map<string, Run[]>();
  for (const run of runs) {
    if (endOf(run) >= from) found.set(run.script_name, [...(found.get(run.script_name) ?? []), run]);
  }
  return [...found].slice(0, most).map(([script, list]) => ({ script, runs: list }));
}

const failures = ({ runs }: Lane) => runs.filter(({ status }) => status === "failed").length;

function Bar({ run, from, row }: { run: Run; from: number; row: number }) {
  const begin = Math.max(Date.parse(run.timestamp), from);
  const end = endOf(run);
  const x = ((begin - from) / span) * 100;
  const width = Math.max(((end - begin) / span) * 100, 0.35);
  const state = texts.states[run.status] ?? texts.states.unknown;
  return (
    <rect
      className={`run ${run.status}`}
      x={`${Math.min(x, 99.6)}%`}
      y={row * rowHeight + 8}
      width={`${width}%`}
      height={14}
      rx={3}
    >
      <title>{`${run.script_name}: ${state}, ${duration(run.seconds ?? (end - begin) / 1000)}, ${ago(run.timestamp)}`}</title>
    </rect>
  );
}

/** What ran when: a row for each script. */
export function Timeline() {
  const loaded = useFresh<{ runs: Run[] }>("/api/runs?days=2&limit=300");
  const caption = texts.overview.timelineSpan(zone());
  return (
    <Card title={texts.overview.timeline} tools={<span className="muted">{caption}</span>}>
      <Load from={loaded}>
        {({ runs }) => {
          const from = Date.now() - span;
          const rows = lanes(runs, from);
          if (rows.length === 0) return <Empty title={texts.overview.noRuns} detail={texts.overview.noRunsDetail} />;
          const ticks = [0, 6, 12, 18, 24];
          return (
            <div className="timeline">
              <ul className="lanes">
                {rows.map((lane) => (
                  <li key={lane.script}>
                    <a href={href("scripts", lane.script)}>{lane.script}</a>
                    <span className="muted">
                      {failures(lane) > 0 && <span className="bad-figure">{texts.overview.failed(failures(lane))}</span>}{" "}
                      {lane.runs.length}
                    </span>
                  </li>
                ))}
              </ul>
              <div className="bars">
                <svg width="100%" height={rows.length * rowHeight} role="img" aria-label={caption}>
                  {ticks.map((tick) => (
                    <line key={tick} className="tick" x1={`${(tick / 24) * 100}%`} x2={`${(tick / 24) * 100}%`} y1={0} y2="100%" />
                  ))}
                  {rows.map((lane, row) => lane.runs.map((run) => <Bar key={run.id} run={run} from={from} row={row} />))}
                </svg>
                <div className="hours" aria-hidden="true">
                  {ticks.map((tick) => (
                    <span key={tick}>{hour(new Date(from + tick * 3_600_000))}</span>
                  ))}
                </div>
              </div>
            </div>
          );
        }}
      </Load>
    </Card>
  );
}
