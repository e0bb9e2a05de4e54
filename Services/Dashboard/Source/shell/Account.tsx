import { post } from "../api/client";
import { Icon } from "../parts/Icon";
import { end, session } from "../state/session";
import { useStore } from "../state/store";
import { texts } from "../texts";

/** Who is signed in, and the way out. */
export function Account() {
  const current = useStore(session);
  async function signOut() {
    // A session ends at the gateway too; where that fails, it ends there by its age.
    if (current?.isPerson) await post("/auth/logout").catch(() => undefined);
    end("");
  }
  return (
    <div className="account">
      <span className="who" title={texts.signIn.signedInAs(current?.name ?? "")}>
        {current?.name}
      </span>
      <button
        type="button"
        className="bare"
        aria-label={texts.signIn.signOut}
        title={texts.signIn.signOut}
        onClick={() => void signOut()}
      >
        <Icon name="out" />
      </button>
    </div>
  );
}
