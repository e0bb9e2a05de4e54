import { dollars, number } from "../format";
import { Card } from "../parts/Card";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import { type Column, Table } from "../parts/Table";
import { errors, measured, type Scripts, type Sums, sum } from "../scripts/sums";
import { href } from "../state/router";
import { texts } from "../texts";
import { useFresh } from "./useFresh";

type Row = [string, Sums];

const most = 5;
const titles = texts.scripts.columns;
const columns: Column<Row>[] = [
  { title: titles.script, cell: ([name]) => <a href={href("scripts", name)}>{name}</a> },
  { title: titles.measured, cell: ([, sums]) => number(measured(sums)), isFigure: true, isExtra: true },
  {
    title: titles.errors,
    cell: ([, sums]) => <span className={errors(sums) ? "bad-figure" : undefined}>{number(errors(sums))}</span>,
    isFigure: true,
  },
  { title: titles.cost, cell: ([, sums]) => dollars(sum(sums, "cost_dollars")), isFigure: true },
];

/** The worst first: by errors, then by costs, then by how much they measured; as the analytics chose them. */
function compare([, a]: Row, [, b]: Row): number {
  const costs = (sums: Sums) => sum(sums, "cost_dollars") ?? 0;
  return (errors(b) ?? 0) - (errors(a) ?? 0) || costs(b) - costs(a) || measured(b) - measured(a);
}

/** The scripts that want a look first, with what went wrong and what they cost. */
export function TopScripts({ days }: { days: number }) {
  const loaded = useFresh<{ scripts: Scripts; total: number }>(`/api/scripts?days=${days}&limit=${most}`);
  const total = loaded.data?.total ?? 0;
  return (
    <Card
      title={texts.pages.scripts}
      tools={total > most && <a href={href("scripts")}>{texts.overview.allScripts(total)}</a>}
      className="top-scripts"
    >
      <Load from={loaded}>
        {({ scripts }) =>
          total ? (
            <Table
              caption={texts.scripts.caption}
              columns={columns}
              rows={Object.entries(scripts).sort(compare)}
              name={([name]) => name}
            />
          ) : (
            <Empty title={texts.scripts.empty} detail={texts.scripts.emptyDetail} />
          )
        }
      </Load>
    </Card>
  );
}
