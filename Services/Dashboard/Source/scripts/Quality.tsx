import { day, number, time, words } from "../format";
import { useFresh } from "../overview/useFresh";
import { Card } from "../parts/Card";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import { type Column, Table } from "../parts/Table";
import { href } from "../state/router";
import { texts } from "../texts";

interface Report {
  gaps: { script_name: string; from: string; to: string }[];
  duplicates: { script_name: string; metric_type: string; timestamp: string; count: number }[];
  impossible: { script_name: string; metric_type: string; date: string; lowest: number }[];
  refused: { date: string; code: string; count: number; example: string }[];
  tallies: Record<string, number>;
}

interface Row {
  kind: keyof typeof texts.scripts.qualityKinds;
  script?: string;
  detail: string;
  time?: string;
}

const titles = texts.scripts.qualityColumns;
const columns: Column<Row>[] = [
  { title: titles.kind, cell: ({ kind }) => <span className="word">{texts.scripts.qualityKinds[kind]}</span> },
  { title: titles.script, cell: ({ script }) => script && <a href={href("scripts", script)}>{script}</a> },
  { title: titles.detail, cell: ({ detail }) => detail },
  { title: titles.time, cell: (row) => row.time, isExtra: true },
];

/** What was found, in one list: the worst kinds first. */
function rows(report: Report): Row[] {
  const told = texts.scripts;
  const folded = report.tallies.folded ?? 0;
  return [
    ...report.refused.map((item): Row => {
      return { kind: "refused", detail: `${item.code}, ${told.times(item.count)}: ${item.example}`, time: day(item.date) };
    }),
    ...report.impossible.map((item): Row => {
      const detail = `${words(item.metric_type)} ${told.lowest(number(item.lowest))}`;
      return { kind: "impossible", script: item.script_name, detail, time: day(item.date) };
    }),
    ...report.duplicates.map((item): Row => {
      const detail = told.repeated(words(item.metric_type), item.count);
      return { kind: "repeat", script: item.script_name, detail, time: time(item.timestamp) };
    }),
    ...report.gaps.map((item): Row => {
      return { kind: "gap", script: item.script_name, detail: told.gapTo(time(item.to)), time: time(item.from) };
    }),
    ...(folded > 0 ? [{ kind: "folded", detail: told.folded(folded) } as Row] : []),
  ];
}

/** What is wrong with the measurements themselves. */
export function Quality({ days }: { days: number }) {
  const loaded = useFresh<Report>(`/api/quality?days=${days}`);
  return (
    <Card title={texts.scripts.quality}>
      <Load from={loaded}>
        {(report) => {
          const found = rows(report);
          return found.length ? (
            <Table
              caption={texts.scripts.quality}
              columns={columns}
              rows={found}
              name={(row) => `${row.kind}${row.script}${row.detail}${row.time}`}
            />
          ) : (
            <Empty title={texts.scripts.sound} />
          );
        }}
      </Load>
    </Card>
  );
}
