import { measure } from "../format";
import { Card } from "../parts/Card";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import { type Column, Table } from "../parts/Table";
import { href } from "../state/router";
import { texts } from "../texts";
import { better } from "./figures";
import { useFresh } from "./useFresh";

interface Row {
  script_name: string;
  value: number;
}

/** A key figure of each script alone. */
interface Figure {
  title: string;
  unit: string;
  formula: string;
  value: number | null;
  total: number;
  scripts: Row[];
}

/** The scripts behind a key figure, the one that wants a look first. */
export function FigureScripts({ name, days }: { name: string; days: number }) {
  const loaded = useFresh<Figure>(`/api/kpis/${name}/scripts?days=${days}`);
  const words = texts.overview;
  return (
    <Card title={words.byScript} tools={<span className="muted">{loaded.data && `${words.formula}: ${loaded.data.formula}`}</span>}>
      <Load from={loaded}>
        {({ title, unit, value, total, scripts }) => {
          const columns: Column<Row>[] = [
            {
              title: texts.scripts.columns.script,
              cell: (row) => <a href={href("scripts", row.script_name)}>{row.script_name}</a>,
            },
            { title, cell: (row) => measure(row.value, unit), isFigure: true },
          ];
          return (
            <>
              <p className="figure-value">
                {title}: <strong>{measure(value, unit)}</strong>
              </p>
              {scripts.length ? (
                <Table
                  caption={words.byScript}
                  columns={columns}
                  rows={better[name] === "more" ? [...scripts].reverse() : scripts}
                  name={(row) => row.script_name}
                />
              ) : (
                <Empty title={texts.nothing} />
              )}
              {total > scripts.length && <p className="muted">{words.moreScripts(total - scripts.length)}</p>}
            </>
          );
        }}
      </Load>
    </Card>
  );
}
