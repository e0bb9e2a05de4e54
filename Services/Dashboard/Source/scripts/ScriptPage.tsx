import { useState } from "react";
import { query } from "../api/client";
import { FigureRows } from "../overview/FigureRows";
import { Days } from "../parts/Days";
import { Download } from "../parts/Download";
import { Icon } from "../parts/Icon";
import { href } from "../state/router";
import { texts } from "../texts";
import { ScriptRuns } from "./ScriptRuns";
import { ScriptTrend } from "./ScriptTrend";
import { ScriptTypes } from "./ScriptTypes";

/** One script: its days, all that it measured, its runs. */
export function ScriptPage({ name }: { name: string }) {
  const [days, setDays] = useState(30);
  return (
    <>
      <div className="page-tools">
        <a className="button" href={href("scripts")}>
          <Icon name="left" />
          {texts.scripts.back}
        </a>
        <Days value={days} choose={setDays} options={[7, 30]} />
        <span className="grow" />
        <Download
          path={query("/api/export/runs.csv", { days })}
          name={`runs-${days}-days.csv`}
          label={`${texts.exports.label} ${texts.exports.runs}`}
        >
          {texts.exports.runs}
        </Download>
      </div>
      <ScriptTrend name={name} days={days} />
      <div className="columns even">
        <div className="stack">
          <ScriptTypes name={name} days={days} />
          <FigureRows name="errors" days={days} of={name} title={texts.scripts.columns.errors} none={texts.scripts.noErrors} />
        </div>
        <ScriptRuns key={days} name={name} days={days} />
      </div>
    </>
  );
}
