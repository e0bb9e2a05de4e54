import { texts } from "../texts";
import { channelName, type Delivery, delivery, test } from "./api";

/** What a message is waited for at most, and between two questions after it, in milliseconds. */
const patience = 15_000;
const interval = 500;
const words = texts.alerts;

const isUntried = ({ state, attempts }: Delivery) => state === "waiting" && attempts === 0;

/** Asks until a message was tried once, or for as long as there is patience. */
async function tried(message: Delivery, until: number, signal: AbortSignal): Promise<Delivery> {
  let last = message;
  while (isUntried(last) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, interval));
    last = await delivery(message.id, signal);
  }
  return last;
}

function outcome(message: Delivery): string {
  const why = message.failure ?? "";
  if (message.state === "delivered") return why ? words.testArrivedBut(why) : words.testArrived;
  if (message.state === "dead") return words.testRefused(why);
  return message.attempts > 0 ? words.testFailed(why) : words.testLate;
}

/** Sends a receiver a test message, waits for it, and tells what became of it in each of its channels. */
export async function tryOut(receiver: string, signal: AbortSignal): Promise<{ isGood: boolean; texts: string[] }> {
  const { deliveries } = await test(receiver);
  if (deliveries.length === 0) return { isGood: false, texts: [words.noChannel] };
  const until = Date.now() + patience;
  const ended = await Promise.all(deliveries.map((message) => tried(message, until, signal)));
  const said = ended.map((message) =>
    ended.length > 1 ? words.channelSays(channelName(message.channel, message.target), outcome(message)) : outcome(message),
  );
  return { isGood: ended.every((message) => message.state === "delivered" && !message.failure), texts: said };
}
