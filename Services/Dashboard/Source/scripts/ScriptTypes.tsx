import type { Sum } from "../api/types";
import { measure, number, words } from "../format";
import { useFresh } from "../overview/useFresh";
import { Card } from "../parts/Card";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import { type Column, Table } from "../parts/Table";
import { texts } from "../texts";
import type { Scripts } from "./sums";

type Row = [string, Sum];

const titles = texts.scripts.typeColumns;
const unit = (type: string) =>
  type.endsWith("seconds") ? "s" : type.startsWith("bytes") ? "B" : type.endsWith("dollars") ? "USD" : undefined;
const columns: Column<Row>[] = [
  { title: titles.type, cell: ([type]) => words(type), order: ([type]) => type },
  { title: titles.count, cell: ([, sum]) => number(sum.count), order: ([, sum]) => sum.count, isFigure: true },
  { title: titles.sum, cell: ([type, sum]) => measure(sum.sum, unit(type)), order: ([, sum]) => sum.sum, isFigure: true },
  { title: titles.mean, cell: ([type, sum]) => measure(sum.mean, unit(type)), order: ([, sum]) => sum.mean, isFigure: true },
  {
    title: titles.max,
    cell: ([type, sum]) => measure(sum.max, unit(type)),
    order: ([, sum]) => sum.max,
    isFigure: true,
    isExtra: true,
  },
];

/** All types of measurement of one script. */
export function ScriptTypes({ name, days }: { name: string; days: number }) {
  const loaded = useFresh<{ scripts: Scripts }>(`/api/scripts?days=${days}`);
  return (
    <Card title={texts.scripts.types}>
      <Load from={loaded}>
        {({ scripts }) => {
          const rows = Object.entries(scripts[name] ?? {});
          return rows.length ? (
            <Table caption={texts.scripts.types} columns={columns} rows={rows} name={([type]) => type} />
          ) : (
            <Empty title={texts.scripts.emptyOne} />
          );
        }}
      </Load>
    </Card>
  );
}
