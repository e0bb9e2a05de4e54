import { useState } from "react";
import type { Labels } from "../alerts/api";
import { LabelList } from "../alerts/LabelList";
import { get, query } from "../api/client";
import { number, time } from "../format";
import { Card } from "../parts/Card";
import { Days } from "../parts/Days";
import { Empty } from "../parts/Empty";
import { Icon } from "../parts/Icon";
import { Pages } from "../parts/Pages";
import { type Column, Table } from "../parts/Table";
import { href } from "../state/router";
import { texts } from "../texts";
import { FigureScripts } from "./FigureScripts";

interface Row {
  metric_type: string;
  script_name: string;
  timestamp: string;
  value: number;
  run_id?: string;
  labels?: Labels;
}

const periods = [1, 7, 30];
const columns: Column<Row>[] = [
  { title: texts.scripts.columns.script, cell: (row) => <a href={href("scripts", row.script_name)}>{row.script_name}</a> },
  { title: texts.scripts.typeColumns.type, cell: (row) => row.metric_type, isExtra: true },
  { title: texts.alerts.value, cell: (row) => number(row.value), isFigure: true },
  { title: texts.alerts.time, cell: (row) => <time dateTime={row.timestamp}>{time(row.timestamp)}</time> },
  { title: texts.overview.labels, cell: (row) => <LabelList labels={row.labels ?? {}} />, isExtra: true },
  { title: texts.scripts.runColumns.id, cell: (row) => <code>{row.run_id}</code>, isExtra: true },
];

/** The scripts and the measurements that a key figure is made of. */
export function FigurePage({ name, period }: { name: string; period?: string }) {
  const [days, setDays] = useState(periods.find((one) => String(one) === period) ?? 7);
  return (
    <>
      <div className="page-tools">
        <a className="button" href={href()}>
          <Icon name="left" />
          {texts.pages.overview}
        </a>
        <Days value={days} choose={setDays} options={periods} />
      </div>
      <FigureScripts name={name} days={days} />
      <Card title={texts.overview.rows}>
        <Pages<Row>
          key={days}
          load={async (before, signal) => {
            const page = await get<{ rows: Row[]; next?: string }>(
              query(`/api/kpis/${name}/rows`, { days, limit: 50, before }),
              signal,
            );
            return { items: page.rows, next: page.next };
          }}
          empty={<Empty title={texts.nothing} />}
        >
          {(rows) => (
            <Table
              caption={texts.overview.rows}
              columns={columns}
              rows={rows}
              name={(row) => `${row.run_id}${row.metric_type}${row.timestamp}${rows.indexOf(row)}`}
            />
          )}
        </Pages>
      </Card>
    </>
  );
}
