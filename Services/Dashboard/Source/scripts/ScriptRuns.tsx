import { useState } from "react";
import { get, query } from "../api/client";
import type { Run } from "../api/types";
import { duration } from "../format";
import { Ago } from "../parts/Ago";
import { Card } from "../parts/Card";
import { Empty } from "../parts/Empty";
import { Pages } from "../parts/Pages";
import { StateBadge } from "../parts/StateBadge";
import { type Column, Table } from "../parts/Table";
import { texts } from "../texts";
import { RunDialog } from "./RunDialog";

/** The runs of one script; each opens with what it measured. */
export function ScriptRuns({ name, days }: { name: string; days: number }) {
  const [open, setOpen] = useState<string>();
  const titles = texts.scripts.runColumns;
  const columns: Column<Run>[] = [
    {
      title: titles.id,
      cell: (run) => (
        <button type="button" className="link clip" onClick={() => setOpen(run.id)}>
          {run.id}
        </button>
      ),
    },
    { title: titles.status, cell: (run) => <StateBadge state={run.status} /> },
    {
      title: titles.started,
      cell: (run) => <Ago at={run.timestamp} />,
    },
    { title: titles.took, cell: (run) => duration(run.seconds), isFigure: true },
  ];
  return (
    <Card title={texts.scripts.runs}>
      <Pages<Run>
        load={async (before, signal) => {
          const page = await get<{ runs: Run[]; next?: string }>(
            query("/api/runs", { script: name, days, limit: 25, before }),
            signal,
          );
          return { items: page.runs, next: page.next };
        }}
        empty={<Empty title={texts.scripts.noRuns} />}
      >
        {(runs) => <Table caption={texts.scripts.runs} columns={columns} rows={runs} name={(run) => run.id} />}
      </Pages>
      {open && <RunDialog id={open} close={() => setOpen(undefined)} />}
    </Card>
  );
}
