import { get, post, query } from "../api/client";
import { time } from "../format";
import { attempt } from "../parts/attempt";
import { Badge } from "../parts/Badge";
import { Dialog } from "../parts/Dialog";
import { Empty } from "../parts/Empty";
import { Pages } from "../parts/Pages";
import { type Column, Table } from "../parts/Table";
import { texts } from "../texts";
import type { Webhook } from "./Webhooks";

interface Delivery {
  message: string;
  type: string;
  created: string;
  state: string;
  attempts: number;
}

const tones = { delivered: "good", failed: "bad" } as Record<string, "good" | "bad">;

/** What was sent to a webhook, the latest first. */
export function WebhookDeliveries({ hook, close }: { hook: Webhook; close: () => void }) {
  const words = texts.access;
  const names = words.deliveryColumns;
  const columns: Column<Delivery>[] = [
    { title: names.type, cell: (delivery) => <code>{delivery.type}</code> },
    { title: names.created, cell: (delivery) => <time dateTime={delivery.created}>{time(delivery.created)}</time>, isExtra: true },
    {
      title: names.state,
      cell: (delivery) => (
        <Badge tone={tones[delivery.state] ?? "plain"}>{words.deliveryStates[delivery.state] ?? delivery.state}</Badge>
      ),
    },
    { title: names.attempts, cell: (delivery) => delivery.attempts, isFigure: true, isExtra: true },
    {
      title: texts.actions,
      cell: (delivery) =>
        delivery.state === "failed" && (
          <button
            type="button"
            aria-label={`${words.again}: ${delivery.type}`}
            onClick={() => void attempt(() => post(`/webhooks/${hook.id}/deliveries/${delivery.message}/replay`), words.againSent)}
          >
            {words.again}
          </button>
        ),
    },
  ];
  return (
    <Dialog title={words.deliveriesTo(hook.url)} close={close}>
      <Pages<Delivery>
        load={async (before, signal) => {
          const path = query(`/webhooks/${hook.id}/deliveries`, { limit: 20, before });
          const page = await get<{ deliveries: Delivery[]; next?: string | null }>(path, signal);
          return { items: page.deliveries, next: page.next ?? undefined };
        }}
        empty={<Empty title={words.noDeliveries} />}
      >
        {(deliveries) => (
          <Table caption={words.deliveries} columns={columns} rows={deliveries} name={(delivery) => delivery.message} />
        )}
      </Pages>
    </Dialog>
  );
}
