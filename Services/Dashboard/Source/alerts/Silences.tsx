import { time } from "../format";
import { Card } from "../parts/Card";
import { Load } from "../parts/Load";
import { type Column, Table } from "../parts/Table";
import { announce } from "../state/announce";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { author, expire, type Silence, silences } from "./api";

/** What keeps quiet, and until when. */
export function Silences({ changed }: { changed: () => void }) {
  const loaded = useLoad((signal) => silences(signal), "silences");
  const words = texts.alerts;
  async function end(id: string) {
    try {
      await expire(id);
      announce(words.expired);
      changed();
    } catch (error) {
      announce(error instanceof Error ? error.message : texts.failed, "bad");
    }
  }
  const columns: Column<Silence>[] = [
    {
      title: words.matchers,
      cell: (item) => (
        <span className="labels">
          {item.matchers.map((matcher) => (
            <code
              key={matcher.name}
            >{`${matcher.name}${matcher.isEqual === false ? "!" : ""}=${matcher.isRegex ? "~" : ""}${matcher.value}`}</code>
          ))}
        </span>
      ),
    },
    { title: words.comment, cell: (item) => item.comment },
    { title: words.by, cell: (item) => author(item.createdBy, item.subject), isExtra: true },
    { title: words.ends, cell: (item) => time(item.endsAt), order: (item) => item.endsAt },
    {
      title: texts.actions,
      cell: (item) => (
        <button type="button" onClick={() => void end(item.id)}>
          {words.expire}
        </button>
      ),
    },
  ];
  return (
    <Card title={words.silences}>
      <Load from={loaded}>
        {(list) =>
          list.length ? (
            <Table caption={words.silences} columns={columns} rows={list} name={(item) => item.id} />
          ) : (
            <p className="muted">{words.noSilences}</p>
          )
        }
      </Load>
    </Card>
  );
}
