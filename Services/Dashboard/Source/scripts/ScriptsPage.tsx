import { useState } from "react";
import { dollars, duration, number, share } from "../format";
import { useFresh } from "../overview/useFresh";
import { Days } from "../parts/Days";
import { Download } from "../parts/Download";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import { type Column, Table } from "../parts/Table";
import { href } from "../state/router";
import { texts } from "../texts";
import { Quality } from "./Quality";
import { errors, measured, type Scripts, type Sums, success, sum, time } from "./sums";

interface Row {
  name: string;
  sums: Sums;
}

const titles = texts.scripts.columns;
const columns: Column<Row>[] = [
  { title: titles.script, cell: ({ name }) => <a href={href("scripts", name)}>{name}</a>, order: ({ name }) => name },
  {
    title: titles.measured,
    cell: ({ sums }) => number(measured(sums)),
    order: ({ sums }) => measured(sums),
    isFigure: true,
    isExtra: true,
  },
  {
    title: titles.jobs,
    cell: ({ sums }) => number(sum(sums, "jobs")),
    order: ({ sums }) => sum(sums, "jobs"),
    isFigure: true,
    isExtra: true,
  },
  {
    title: titles.runs,
    cell: ({ sums }) => number(sum(sums, "runs")),
    order: ({ sums }) => sum(sums, "runs"),
    isFigure: true,
    isExtra: true,
  },
  {
    title: titles.success,
    cell: ({ sums }) => share(success(sums)),
    order: ({ sums }) => success(sums),
    isFigure: true,
    isExtra: true,
  },
  {
    title: titles.errors,
    order: ({ sums }) => errors(sums),
    isFigure: true,
    cell: ({ sums }) => <span className={errors(sums) ? "bad-figure" : undefined}>{number(errors(sums))}</span>,
  },
  {
    title: titles.time,
    cell: ({ sums }) => duration(time(sums)),
    order: ({ sums }) => time(sums),
    isFigure: true,
    isExtra: true,
  },
  {
    title: titles.media,
    cell: ({ sums }) => duration(sum(sums, "media_seconds")),
    order: ({ sums }) => sum(sums, "media_seconds"),
    isFigure: true,
    isExtra: true,
  },
  {
    title: titles.cost,
    cell: ({ sums }) => dollars(sum(sums, "cost_dollars")),
    order: ({ sums }) => sum(sums, "cost_dollars"),
    isFigure: true,
  },
];

/** All scripts with their sums; each leads to its own page. */
export function ScriptsPage() {
  const [days, setDays] = useState(7);
  const [text, setText] = useState("");
  const loaded = useFresh<{ scripts: Scripts }>(`/api/scripts?days=${days}`);
  return (
    <>
      <div className="page-tools">
        <Days value={days} choose={setDays} />
        <label className="inline">
          <span className="hidden">{texts.scripts.filter}</span>
          <input type="search" value={text} placeholder={texts.scripts.filter} onChange={(event) => setText(event.target.value)} />
        </label>
        <span className="grow" />
        <Download
          path={`/api/export/days.csv?days=${days}`}
          name={`scripts-${days}-days.csv`}
          label={`${texts.exports.label} ${texts.exports.csv}`}
        >
          {texts.exports.csv}
        </Download>
      </div>
      <section className="card" aria-label={texts.scripts.caption}>
        <Load from={loaded}>
          {({ scripts }) => {
            const rows = Object.entries(scripts)
              .map(([name, sums]) => ({ name, sums }))
              .filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
              // Those that measured most first, and before them those with errors.
              .sort((a, b) => measured(b.sums) - measured(a.sums));
            return rows.length ? (
              <Table caption={texts.scripts.caption} columns={columns} rows={rows} name={({ name }) => name} sortedBy={5} />
            ) : (
              <Empty title={texts.scripts.empty} detail={texts.scripts.emptyDetail} />
            );
          }}
        </Load>
      </section>
      <Quality days={days} />
    </>
  );
}
