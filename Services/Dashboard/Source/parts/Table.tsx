import { type ReactNode, useMemo, useState } from "react";
import { texts } from "../texts";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ReactNode;
  /** What the column is sorted by; without it, it is not. */
  order?: (row: Row) => number | string | null | undefined;
  /** Figures stand at the right. */
  isFigure?: boolean;
  /** Not shown where there is little room. */
  isExtra?: boolean;
}

interface Props<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  name: (row: Row) => string;
  /** The column that rows are sorted by at first; they stay as they come without it. */
  sortedBy?: number;
}

function compare(a: number | string | null | undefined, b: number | string | null | undefined): number {
  if (a == null || b == null) return a == null ? (b == null ? 0 : -1) : 1;
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}

/** A table that can be sorted by its headings; the first column names the row. */
export function Table<Row>({ caption, columns, rows, name, sortedBy }: Props<Row>) {
  const [sort, setSort] = useState({ column: sortedBy, isUp: false });
  const sorted = useMemo(() => {
    const order = sort.column === undefined ? undefined : columns[sort.column]?.order;
    if (!order) return rows;
    return [...rows].sort((a, b) => compare(order(a), order(b)) * (sort.isUp ? 1 : -1));
  }, [rows, columns, sort]);

  const kind = (column: Column<Row>) =>
    [column.isFigure && "figure", column.isExtra && "extra"].filter(Boolean).join(" ") || undefined;
  return (
    <div className="table-frame" tabIndex={0} role="group" aria-label={caption}>
      <table>
        <caption className="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, index) => {
              const isSorted = sort.column === index && column.order !== undefined;
              return (
                <th
                  key={column.title}
                  scope="col"
                  className={kind(column)}
                  aria-sort={isSorted ? (sort.isUp ? "ascending" : "descending") : undefined}
                >
                  {column.order ? (
                    <button
                      type="button"
                      className="sort"
                      title={texts.sortedBy(column.title)}
                      onClick={() => setSort({ column: index, isUp: sort.column === index && !sort.isUp })}
                    >
                      {column.title}
                      <span className="arrow" aria-hidden="true">
                        {isSorted ? (sort.isUp ? "↑" : "↓") : ""}
                      </span>
                    </button>
                  ) : (
                    column.title
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={name(row)}>
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.title} scope="row">
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.title} className={kind(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
