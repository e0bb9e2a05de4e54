import type { Labels } from "../alerts/api";
import { LabelList } from "../alerts/LabelList";
import { get, query } from "../api/client";
import { number, time } from "../format";
import { Ago } from "../parts/Ago";
import { Card } from "../parts/Card";
import { Empty } from "../parts/Empty";
import { Pages } from "../parts/Pages";
import { type Column, Table } from "../parts/Table";
import { href } from "../state/router";
import { texts } from "../texts";

interface Row {
  metric_type: string;
  script_name: string;
  timestamp: string;
  value: number;
  run_id?: string;
  labels?: Labels;
}

const script: Column<Row> = {
  title: texts.scripts.columns.script,
  cell: (row) => <a href={href("scripts", row.script_name)}>{row.script_name}</a>,
};
const type: Column<Row> = { title: texts.scripts.typeColumns.type, cell: (row) => row.metric_type, isExtra: true };
const value: Column<Row> = { title: texts.alerts.value, cell: (row) => number(row.value), isFigure: true };
const moment: Column<Row> = {
  title: texts.alerts.time,
  cell: (row) => <time dateTime={row.timestamp}>{time(row.timestamp)}</time>,
};
const age: Column<Row> = {
  title: texts.alerts.time,
  cell: (row) => <Ago at={row.timestamp} />,
};
const labels: Column<Row> = { title: texts.overview.labels, cell: (row) => <LabelList labels={row.labels ?? {}} />, isExtra: true };
const run: Column<Row> = { title: texts.scripts.runColumns.id, cell: (row) => <code>{row.run_id}</code>, isExtra: true };

interface Props {
  /** The key figure. */
  name: string;
  days: number;
  /** Only this one's; all scripts' without it. */
  of?: string;
  title: string;
  /** What is said where there are none. */
  none?: string;
}

/** The measurements that a key figure is made of, the newest first. */
export function FigureRows({ name, days, of, title, none = texts.nothing }: Props) {
  return (
    <Card title={title}>
      <Pages<Row>
        key={days}
        load={async (before, signal) => {
          const page = await get<{ rows: Row[]; next?: string }>(
            query(`/api/kpis/${name}/rows`, { days, script: of, limit: of ? 10 : 50, before }),
            signal,
          );
          return { items: page.rows, next: page.next };
        }}
        empty={<Empty title={none} />}
      >
        {(rows) => (
          <Table
            caption={title}
            columns={of ? [age, value, { ...labels, isExtra: false }, run] : [script, type, value, moment, labels, run]}
            rows={rows}
            name={(row) => `${row.run_id}${row.metric_type}${row.timestamp}${rows.indexOf(row)}`}
          />
        )}
      </Pages>
    </Card>
  );
}
