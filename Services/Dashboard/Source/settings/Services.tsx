import { duration, words as inWords } from "../format";
import { Badge } from "../parts/Badge";
import { Card } from "../parts/Card";
import { Load } from "../parts/Load";
import { type Column, Table } from "../parts/Table";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";

interface State {
  name: string;
  isReady: boolean;
  seconds: number;
  checks: Record<string, boolean>;
}

const paths = {
  web: "/healthz",
  gateway: "/gateway/readyz",
  audio: "/audio/readyz",
  video: "/video/readyz",
  analytics: "/analytics/readyz",
  alerting: "/alerting/readyz",
};
/** A service that takes longer, in milliseconds, does not answer. */
const patience = 4000;
const words = texts.settings;

async function ask(name: string, path: string): Promise<State | undefined> {
  const began = performance.now();
  const state = (isReady: boolean, checks = {}): State => ({ name, isReady, checks, seconds: (performance.now() - began) / 1000 });
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), patience);
  try {
    const response = await fetch(path, { cache: "no-store", signal: abort.signal });
    // nginx knows no such service: it is not part of this studio.
    if (response.status === 404) return undefined;
    const document = (await response.json()) as { checks?: Record<string, boolean> };
    return state(response.ok, document.checks);
  } catch {
    return state(false);
  } finally {
    clearTimeout(timer);
  }
}

const columns: Column<State>[] = [
  { title: words.service, cell: (item) => words.serviceNames[item.name] },
  {
    title: words.state,
    cell: (item) => <Badge tone={item.isReady ? "good" : "bad"}>{item.isReady ? words.ready : words.notReady}</Badge>,
  },
  { title: words.answered, cell: (item) => duration(item.seconds) },
  {
    title: words.checks,
    isExtra: true,
    cell: (item) => (
      <span className="labels">
        {Object.entries(item.checks).map(([name, isGood]) => (
          <Badge key={name} tone={isGood ? "good" : "bad"}>
            {inWords(name)}
          </Badge>
        ))}
      </span>
    ),
  },
];

/** Whether each part of the studio is ready. */
export function Services() {
  const loaded = useLoad(
    async () =>
      (await Promise.all(Object.entries(paths).map(([name, path]) => ask(name, path)))).filter(
        (state): state is State => state !== undefined,
      ),
    "services",
    10_000,
  );
  return (
    <Card title={words.services}>
      <Load from={loaded}>
        {(states) => <Table caption={words.services} columns={columns} rows={states} name={(item) => item.name} />}
      </Load>
    </Card>
  );
}
