import type { ReactNode } from "react";
import { AccessPage } from "../access/AccessPage";
import { AlertsPage } from "../alerts/AlertsPage";
import { CostsPage } from "../costs/CostsPage";
import { words } from "../format";
import { JobPage } from "../jobs/JobPage";
import { JobsPage } from "../jobs/JobsPage";
import { NewJobPage } from "../jobs/NewJobPage";
import { FigurePage } from "../overview/FigurePage";
import { OverviewPage } from "../overview/OverviewPage";
import type { IconName } from "../parts/Icon";
import { ScriptPage } from "../scripts/ScriptPage";
import { ScriptsPage } from "../scripts/ScriptsPage";
import { SettingsPage } from "../settings/SettingsPage";
import type { Route } from "../state/router";
import { texts } from "../texts";

export type PageName = "overview" | "jobs" | "scripts" | "costs" | "alerts" | "access" | "settings";
export const pageNames: (PageName & IconName)[] = ["overview", "jobs", "scripts", "costs", "alerts", "access", "settings"];

/** The page of a route, with its title. */
export function page(route: Route): { name?: PageName; title: string; content: ReactNode } {
  const [name = "overview", first, second] = route;
  switch (name) {
    case "overview":
      return first
        ? { name, title: words(first), content: <FigurePage key={first} name={first} period={second} /> }
        : { name, title: texts.pages.overview, content: <OverviewPage /> };
    case "jobs":
      if (first === "new") return { name, title: texts.jobs.newJob, content: <NewJobPage /> };
      if ((first === "audio" || first === "video") && second) {
        return { name, title: texts.pages.jobs, content: <JobPage key={second} service={first} id={second} /> };
      }
      return { name, title: texts.pages.jobs, content: <JobsPage key={first} chosen={first} /> };
    case "scripts":
      return first
        ? { name, title: first, content: <ScriptPage key={first} name={first} /> }
        : { name, title: texts.pages.scripts, content: <ScriptsPage /> };
    case "costs":
      return { name, title: texts.pages.costs, content: <CostsPage /> };
    case "alerts":
      return { name, title: texts.pages.alerts, content: <AlertsPage /> };
    case "access":
      return { name, title: texts.pages.access, content: <AccessPage /> };
    case "settings":
      return { name, title: texts.pages.settings, content: <SettingsPage /> };
    default:
      return { title: texts.pages.unknown, content: null };
  }
}
