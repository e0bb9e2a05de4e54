import { useEffect, useRef, useState } from "react";
import { Card } from "../parts/Card";
import { Download } from "../parts/Download";
import { Empty } from "../parts/Empty";
import { Load } from "../parts/Load";
import type { Loaded } from "../state/useLoad";
import { texts } from "../texts";
import { AcknowledgeDialog } from "./AcknowledgeDialog";
import { AlertItem, place } from "./AlertItem";
import { type Alert, type Alerts, handled } from "./api";
import { SilenceDialog } from "./SilenceDialog";

const words = texts.alerts;

/** How many fire, how many of these somebody has seen to, and how many are about to. */
function heading({ counts }: Alerts): string {
  const seen = handled.reduce((sum, standing) => sum + (counts[standing] ?? 0), 0);
  const firing = seen + (counts.firing ?? 0);
  return firing + (counts.pending ?? 0) === 0 ? words.firing : words.standings(firing, seen, counts.pending ?? 0);
}

/** What fires, the worst first, and what may be done about it; then what is seen to, and what is about to fire. */
export function Firing({ loaded, changed }: { loaded: Loaded<Alerts>; changed: () => void }) {
  const [chosen, setChosen] = useState<{ way: "acknowledge" | "silence"; alert: Alert; done: () => void }>();
  const next = useRef<Alert>();
  useEffect(() => {
    // What was seen to has gone to another part with its button: the focus is on what stands there now.
    if (!loaded.data || !next.current) return;
    if (document.activeElement === document.body) document.getElementById(place(next.current))?.focus({ preventScroll: true });
    next.current = undefined;
  }, [loaded.data]);
  const close = () => setChosen(undefined);
  const parts: [string, (alert: Alert) => boolean][] = [
    ["", (alert) => alert.status === "firing"],
    [words.handled, (alert) => handled.includes(alert.status)],
    [words.aboutToFire, (alert) => alert.status === "pending"],
  ];
  return (
    <Card
      title={loaded.data ? heading(loaded.data) : words.firing}
      tools={
        <Download path="/api/alerts/export/alerts.csv" name="alerts.csv" label={texts.exports.csvOf(texts.pages.alerts)}>
          {texts.exports.csv}
        </Download>
      }
    >
      <Load from={loaded}>
        {({ alerts, total }) =>
          alerts.length ? (
            <>
              {parts
                .map(([title, fits]) => ({ title, list: alerts.filter(fits) }))
                .filter(({ list }) => list.length > 0)
                .map(({ title, list }) => (
                  <div key={title}>
                    {title && <h3>{title}</h3>}
                    <ul className="alerts" aria-label={title || words.firing}>
                      {list.map((alert, index) => {
                        const done = () => {
                          next.current = list[index + 1] ?? list[index - 1] ?? alert;
                          changed();
                        };
                        return (
                          <AlertItem
                            key={alert.fingerprint}
                            alert={alert}
                            changed={done}
                            acknowledge={() => setChosen({ way: "acknowledge", alert, done })}
                            silence={() => setChosen({ way: "silence", alert, done })}
                          />
                        );
                      })}
                    </ul>
                  </div>
                ))}
              {total > alerts.length && <p className="more-alerts muted">{words.more(total - alerts.length)}</p>}
            </>
          ) : (
            <Empty title={words.none} detail={words.noneDetail} />
          )
        }
      </Load>
      {chosen?.way === "acknowledge" && <AcknowledgeDialog alert={chosen.alert} close={close} done={chosen.done} />}
      {chosen?.way === "silence" && <SilenceDialog labels={chosen.alert.labels} close={close} done={chosen.done} />}
    </Card>
  );
}
