import { number, share } from "../format";
import { Badge, type Tone } from "../parts/Badge";
import { Card } from "../parts/Card";
import { Load } from "../parts/Load";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";
import { type Rule, rules, type Selector } from "./api";

const words = texts.alerts;
const tones: Record<Rule["state"], Tone> = { inactive: "plain", pending: "warn", firing: "bad" };

/** A metric with the labels that it must have, as Prometheus writes it. */
const selected = ({ metric, where }: Selector): string => (where.length ? `${metric}{${where.join(", ")}}` : metric);

/** What a rule measures. */
function measured(rule: Rule): string {
  const metric = selected(rule);
  const made = rule.function ? (words.functions[rule.function] ?? rule.function) : "";
  switch (rule.kind) {
    case "absence":
      return words.absent(metric, rule.window);
    case "ratio":
      return words.ratio(metric, rule.all ? selected(rule.all) : "", rule.window);
    case "change":
      return words.changed(made, metric, rule.window);
    default:
      return words.measured(made, metric, rule.window);
  }
}

/** A limit, as what it limits is counted: shares and changes in per cent. */
function bound({ kind, comparison, limit }: Rule): string {
  if (!comparison || limit === null) return "";
  const value = kind === "ratio" ? share(limit) : kind === "change" ? share(limit / 100) : number(limit);
  return ` ${words.comparisons[comparison] ?? comparison} ${value}`;
}

/** When a rule fires, in words. */
function condition(rule: Rule): string {
  const conditions = [
    measured(rule) + bound(rule),
    rule.minimum && rule.all ? words.minimum(rule.all.metric, number(rule.minimum)) : "",
    rule.for === "0s" ? "" : words.held(rule.for),
    rule.by.length ? words.each(rule.by.join(", ")) : "",
  ];
  return conditions.filter(Boolean).join(", ");
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
                    <span>
                      <strong>{rule.name}</strong> <span className="muted">{rule.labels.severity}</span>
                    </span>
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
