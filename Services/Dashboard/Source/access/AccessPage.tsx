import { isAdministrator, may, session } from "../state/session";
import { useStore } from "../state/store";
import { texts } from "../texts";
import { Audit } from "./Audit";
import { Keys } from "./Keys";
import { Organisations } from "./Organisations";
import { Sessions } from "./Sessions";
import { Users } from "./Users";
import { Webhooks } from "./Webhooks";
import { You } from "./You";

/** Who may what, and who did what. */
export function AccessPage() {
  const current = useStore(session);
  return (
    <>
      <You />
      {may(current, "keys:manage") && <Keys />}
      {may(current, "webhooks:manage") && <Webhooks />}
      {current?.isPerson && (
        <>
          <Organisations />
          <Sessions />
        </>
      )}
      {isAdministrator(current) ? (
        <>
          <Users />
          <Audit />
        </>
      ) : (
        <p className="muted">{texts.access.onlyAdministrators}</p>
      )}
    </>
  );
}
