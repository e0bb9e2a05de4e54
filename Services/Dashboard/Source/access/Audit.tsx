import { useState } from "react";
import { get, query } from "../api/client";
import type { AuditEntry } from "../api/types";
import { time } from "../format";
import { Badge } from "../parts/Badge";
import { Card } from "../parts/Card";
import { Choice } from "../parts/Choice";
import { Download } from "../parts/Download";
import { Empty } from "../parts/Empty";
import { Pages } from "../parts/Pages";
import { type Column, Table } from "../parts/Table";
import { texts } from "../texts";

const words = texts.access;
const isGood = (outcome: string) => ["allowed", "logged-in", "registered"].includes(outcome);
const columns: Column<AuditEntry>[] = [
  { title: words.auditColumns.time, cell: (entry) => <time dateTime={entry.time}>{time(entry.time)}</time> },
  { title: words.auditColumns.who, cell: (entry) => entry.owner, isExtra: true },
  {
    title: words.auditColumns.what,
    cell: (entry) => (
      <code>
        {entry.method} {entry.path}
      </code>
    ),
  },
  {
    title: words.auditColumns.outcome,
    cell: (entry) => <Badge tone={isGood(entry.outcome) ? "good" : "plain"}>{entry.outcome}</Badge>,
  },
];

type Kind = keyof typeof words.auditKinds;
/** Of what is read every few seconds there are many entries; changes are looked for in larger pages. */
const pageSizes: Record<Kind, number> = { changes: 500, all: 50 };
/** What programs measure and tell is no change that somebody made. */
const isTold = (entry: AuditEntry) =>
  ["POST", "PUT"].includes(entry.method) && /^\/api\/(metrics|runs|pipelines)\b/.test(entry.path);
const isChange = (entry: AuditEntry) => !isGood(entry.outcome) || (entry.method !== "GET" && !isTold(entry));

/** What was done, by whom, the latest first. */
export function Audit() {
  const [kind, setKind] = useState<Kind>("changes");
  return (
    <Card
      title={words.audit}
      tools={
        <>
          <Choice
            label={words.auditKind}
            value={kind}
            choose={setKind}
            options={[
              ["changes", words.auditKinds.changes],
              ["all", words.auditKinds.all],
            ]}
          />
          <Download path="/audit/export.csv" name="audit.csv" label={texts.exports.csvOf(words.audit)}>
            {texts.exports.csv}
          </Download>
        </>
      }
    >
      <Pages<AuditEntry>
        key={kind}
        load={async (before, signal) => {
          const page = await get<{ entries: AuditEntry[]; next?: number | null }>(
            query("/audit", { limit: pageSizes[kind], before }),
            signal,
          );
          return {
            items: kind === "all" ? page.entries : page.entries.filter(isChange),
            next: page.next ? String(page.next) : undefined,
          };
        }}
        empty={<Empty title={words.noAudit} />}
      >
        {(entries) => (
          <Table caption={words.auditCaption} columns={columns} rows={entries} name={(entry) => String(entry.sequence)} />
        )}
      </Pages>
    </Card>
  );
}
