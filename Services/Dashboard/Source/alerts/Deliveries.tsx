import { useState } from "react";
import { number, time } from "../format";
import { Badge, type Tone } from "../parts/Badge";
import { Card } from "../parts/Card";
import { Pages } from "../parts/Pages";
import { type Column, Table } from "../parts/Table";
import { announce } from "../state/announce";
import { texts } from "../texts";
import { type Delivery, deliveries, resend } from "./api";

const interval = 5000;
const words = texts.alerts;
const tones: Record<Delivery["state"], Tone> = { waiting: "busy", delivered: "good", dead: "bad" };

/** What was sent to whom, and what came of it; what was given up can be sent again. */
export function Deliveries() {
  const [turn, setTurn] = useState(0);
  async function again(id: string) {
    try {
      await resend(id);
      announce(words.resent);
      setTurn(turn + 1);
    } catch (error) {
      announce(error instanceof Error ? error.message : texts.failed, "bad");
    }
  }
  const columns: Column<Delivery>[] = [
    { title: words.receiver, cell: (item) => item.receiver, order: (item) => item.receiver },
    { title: words.about, cell: (item) => <span className="clip">{item.title}</span>, isExtra: true },
    { title: words.time, cell: (item) => <time dateTime={item.created}>{time(item.created)}</time>, order: (item) => item.created },
    { title: words.attempts, cell: (item) => number(item.attempts), isFigure: true, isExtra: true },
    {
      title: words.result,
      cell: (item) => (
        <>
          <Badge tone={tones[item.state]}>{words.deliveryStates[item.state]}</Badge>
          {item.failure && <span className="help"> {item.failure}</span>}
        </>
      ),
    },
    {
      title: texts.actions,
      cell: (item) =>
        item.state === "dead" && (
          <button type="button" onClick={() => void again(item.id)}>
            {words.resend}
          </button>
        ),
    },
  ];
  return (
    <Card title={words.deliveries}>
      <Pages<Delivery>
        key={turn}
        interval={interval}
        load={async (before, signal) => {
          const page = await deliveries(before, signal);
          return { items: page.deliveries, next: page.next };
        }}
        empty={<p className="muted">{words.noDeliveries}</p>}
      >
        {(list) => <Table caption={words.deliveries} columns={columns} rows={list} name={(item) => item.id} />}
      </Pages>
    </Card>
  );
}
