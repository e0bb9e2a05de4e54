import { Badge } from "../parts/Badge";
import { Card } from "../parts/Card";
import { Load } from "../parts/Load";
import { Moment } from "../parts/Moment";
import { announce } from "../state/announce";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { author, expire, type Silence, silences } from "./api";

const words = texts.alerts;

/** As Alertmanager writes a matcher. */
function shown({ name, value, isRegex, isEqual }: Silence["matchers"][number]): string {
  const sign = isEqual === false ? (isRegex ? "!~" : "!=") : isRegex ? "=~" : "=";
  return name + sign + value;
}

function Item({ item, end }: { item: Silence; end: () => void }) {
  const isComing = item.status.state === "pending";
  return (
    <li data-silence={item.status.state}>
      <div className="row">
        <span className="labels">
          {item.matchers.map((matcher) => (
            <code key={matcher.name}>{shown(matcher)}</code>
          ))}
        </span>
        {isComing && <Badge tone="plain">{words.coming}</Badge>}
      </div>
      {item.comment && <p>{item.comment}</p>}
      <div className="row">
        <span className="muted">
          <span title={item.subject ?? undefined}>{words.madeBy(author(item.createdBy, item.subject))}</span>
          {isComing && (
            <>
              {` · ${words.from} `}
              <Moment at={item.startsAt} />
            </>
          )}
          {` · ${words.until} `}
          <Moment at={item.endsAt} />
        </span>
        <button
          type="button"
          aria-label={words.of(words.expire, item.comment || item.matchers.map(shown).join(", "))}
          onClick={end}
        >
          {words.expire}
        </button>
      </div>
    </li>
  );
}

/** What keeps quiet, and until when. */
export function Silences({ changed }: { changed: () => void }) {
  const loaded = useLoad((signal) => silences(signal), "silences");
  async function end(id: string) {
    try {
      await expire(id);
      announce(words.expired);
      changed();
    } catch (error) {
      announce(error instanceof Error ? error.message : texts.failed, "bad");
    }
  }
  return (
    <Card title={words.silences}>
      <Load from={loaded}>
        {(list) =>
          list.length ? (
            <ul className="alerts" aria-label={words.silences}>
              {list.map((item) => (
                <Item key={item.id} item={item} end={() => void end(item.id)} />
              ))}
            </ul>
          ) : (
            <p className="muted">{words.noSilences}</p>
          )
        }
      </Load>
    </Card>
  );
}
