import { useState } from "react";
import { ago } from "../format";
import { Badge, type Tone } from "../parts/Badge";
import { Card } from "../parts/Card";
import { Choice } from "../parts/Choice";
import { Download } from "../parts/Download";
import { Moment } from "../parts/Moment";
import { Pages } from "../parts/Pages";
import { announce } from "../state/announce";
import { texts } from "../texts";
import { type Delivery, deliveries, resend } from "./api";

const interval = 5000;
const words = texts.alerts;
const states: [Delivery["state"] | "", string][] = [
  ["", texts.all],
  ["waiting", words.deliveryStates.waiting],
  ["dead", words.deliveryStates.dead],
];
const tones: Record<Delivery["state"], Tone> = { waiting: "busy", delivered: "good", dead: "bad" };

function Item({ item, again }: { item: Delivery; again: () => void }) {
  const isPutOff = item.state === "waiting" && item.next !== null && Date.parse(item.next) > Date.now();
  return (
    <li data-delivery={item.state}>
      <div className="row">
        <strong>{item.title}</strong>
        <Badge tone={tones[item.state]}>{words.deliveryStates[item.state]}</Badge>
      </div>
      <div className="row">
        <span className="muted">
          {words.channelTo(words.channels[item.channel] ?? item.channel, item.receiver)} · <Moment at={item.created} />
          {item.attempts > 1 && ` · ${words.attempts(item.attempts)}`}
          {isPutOff && ` · ${words.nextAttempt(ago(item.next))}`}
        </span>
        {item.state === "dead" && (
          <button type="button" aria-label={words.of(words.resend, item.title)} onClick={again}>
            {words.resend}
          </button>
        )}
      </div>
      {item.failure && <p className="help">{item.failure}</p>}
    </li>
  );
}

/** What was sent to whom, and what came of it; what was given up can be sent again. */
export function Deliveries() {
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<Delivery["state"] | "">("");
  async function again(id: string) {
    try {
      await resend(id);
      announce(words.resent);
      setTurn(turn + 1);
    } catch (error) {
      announce(error instanceof Error ? error.message : texts.failed, "bad");
    }
  }
  return (
    <Card
      title={words.deliveries}
      tools={
        <>
          <Choice label={words.result} value={state} options={states} choose={setState} />
          <Download path="/api/alerts/export/deliveries.csv" name="deliveries.csv" label={texts.exports.csvOf(words.deliveries)}>
            {texts.exports.csv}
          </Download>
        </>
      }
    >
      <Pages<Delivery>
        key={`${state} ${turn}`}
        interval={interval}
        load={async (before, signal) => {
          const page = await deliveries(state, before, signal);
          return { items: page.deliveries, next: page.next };
        }}
        empty={<p className="muted">{state ? words.noSuchDeliveries : words.noDeliveries}</p>}
      >
        {(list) => (
          <ul className="alerts" aria-label={words.deliveries}>
            {list.map((item) => (
              <Item key={item.id} item={item} again={() => void again(item.id)} />
            ))}
          </ul>
        )}
      </Pages>
    </Card>
  );
}
