import { useState } from "react";
import { Days } from "../parts/Days";
import { Download } from "../parts/Download";
import { Icon } from "../parts/Icon";
import { href } from "../state/router";
import { texts } from "../texts";
import { Estimator } from "./Estimator";
import { Health } from "./Health";
import { Indicators } from "./Indicators";
import { Pipelines } from "./Pipelines";
import { Timeline } from "./Timeline";
import { TopScripts } from "./TopScripts";
import { Trends } from "./Trends";

/** What ran, what it cost and what is wrong, at a glance. */
export function OverviewPage() {
  const [days, setDays] = useState(7);
  return (
    <>
      <div className="page-tools">
        <Days value={days} choose={setDays} />
        <span className="grow" />
        <Download path={`/api/report.pdf?days=${days}`} name={`report-${days}-days.pdf`}>
          {texts.overview.report}
        </Download>
        <a className="button primary" href={href("jobs", "new")}>
          <Icon name="plus" />
          {texts.overview.newJob}
        </a>
      </div>
      <Health />
      <Indicators days={days} />
      <TopScripts days={days} />
      <div className="columns">
        <Trends />
        <Pipelines />
      </div>
      <Timeline />
      <Estimator />
    </>
  );
}
