import { isAdministrator, may, session } from "../state/session";
import { useStore } from "../state/store";
import { Appearance } from "./Appearance";
import { Budgets } from "./Budgets";
import { Exports } from "./Exports";
import { Limits } from "./Limits";
import { Services } from "./Services";

/** How the studio is, and how it shall be. */
export function SettingsPage() {
  const current = useStore(session);
  return (
    <>
      <Services />
      <Appearance />
      {isAdministrator(current) && <Limits />}
      {may(current, "llm") && <Budgets />}
      {may(current, "analytics:read") && <Exports />}
    </>
  );
}
