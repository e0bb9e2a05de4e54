import { get, remove } from "../api/client";
import { ago, none } from "../format";
import { Ago } from "../parts/Ago";
import { Card } from "../parts/Card";
import { Load } from "../parts/Load";
import { announce } from "../state/announce";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";

interface PersonSession {
  id: string;
  device?: string;
  used?: string;
  created: string;
  current?: boolean;
}

/** Where a person is signed in. */
export function Sessions() {
  const loaded = useLoad((signal) => get<{ sessions: PersonSession[] }>("/me/sessions", signal), "sessions");
  const words = texts.settings;
  async function end(id: string) {
    try {
      await remove(`/me/sessions/${id}`);
      announce(words.sessionEnded);
      loaded.reload();
    } catch (error) {
      announce(error instanceof Error ? error.message : texts.failed, "bad");
    }
  }
  return (
    <Card title={words.sessions}>
      <Load from={loaded}>
        {({ sessions }) => (
          <ul className="plain-list">
            {sessions.map((item) => (
              <li key={item.id} className="row">
                <span className="clip">
                  {item.device || none}{" "}
                  <span className="muted">
                    <Ago at={item.used ?? item.created} />
                    {item.current && ` · ${words.thisOne}`}
                  </span>
                </span>
                {!item.current && (
                  <button
                    type="button"
                    aria-label={`${words.endSession}: ${[item.device, ago(item.used ?? item.created)].filter(Boolean).join(", ")}`}
                    onClick={() => void end(item.id)}
                  >
                    {words.endSession}
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Load>
    </Card>
  );
}
