import { number } from "../format";
import { Badge, type Tone } from "../parts/Badge";
import { Card } from "../parts/Card";
import { Load } from "../parts/Load";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { type Rule, rules } from "./api";

const words = texts.alerts;
const tones: Record<Rule["state"], Tone> = { inactive: "plain", pending: "warn", firing: "bad" };

/** When a rule fires, in words. */
function condition({ kind, comparison, limit, window, for: hold }: Rule): string {
  const bound = comparison && limit !== null ? `${words.comparisons[comparison] ?? comparison} ${number(limit)}` : "";
  const what = [words.conditions[kind] ?? kind, bound, words.over(window)].filter(Boolean).join(" ");
  return hold === "0s" ? what : `${what}, ${words.held(hold)}`;
}

/** What is watched, and what is wrong with the file that says so. */
export function Rules() {
  const loaded = useLoad((signal) => rules(signal), "rules", 15_000);
  return (
    <Card title={words.rules}>
      <Load from={loaded}>
        {({ rules: list, file }) => (
          <>
            {!file.is_current && (
              <div className="failure" role="alert">
                <p className="empty-title">{words.ruleFile}</p>
                {file.problems.map((problem) => (
                  <p key={`${problem.line} ${problem.text}`}>
                    <code>{words.line(problem.file, problem.line)}</code>
                    {problem.text}
                  </p>
                ))}
              </div>
            )}
            {list.length === 0 && <p className="muted">{words.noRules}</p>}
            <ul className="plain-list">
              {list.map((rule) => (
                <li key={rule.name}>
                  <div className="row">
                    <strong>{rule.name}</strong>
                    <Badge tone={tones[rule.state]}>{words.alertStates[rule.state]}</Badge>
                  </div>
                  <p className="help">{condition(rule)}</p>
                </li>
              ))}
            </ul>
          </>
        )}
      </Load>
    </Card>
  );
}
