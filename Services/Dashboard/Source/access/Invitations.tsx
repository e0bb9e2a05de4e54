import { get, remove } from "../api/client";
import { time } from "../format";
import { attempt } from "../parts/attempt";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";

interface Invitation {
  id: string;
  email: string;
  role: string;
  expires: string;
}

/** Whom an organisation has invited and who has not come yet; nothing when there is nobody. */
export function Invitations({ organisation }: { organisation: string }) {
  const path = `/organisations/${organisation}/invitations`;
  const loaded = useLoad((signal) => get<{ invitations: Invitation[] }>(path, signal), path);
  const words = texts.access;
  if (!loaded.data?.invitations.length) return null;
  return (
    <>
      <h3>{words.invitations}</h3>
      <ul className="plain-list">
        {loaded.data.invitations.map((invitation) => (
          <li key={invitation.id} className="row">
            <span className="clip">
              {invitation.email}{" "}
              <span className="muted">
                {words.invitationUntil(words.roles[invitation.role] ?? invitation.role, time(invitation.expires))}
              </span>
            </span>
            <button
              type="button"
              aria-label={`${words.withdraw}: ${invitation.email}`}
              onClick={async () => {
                if (await attempt(() => remove(`${path}/${invitation.id}`), words.withdrawn)) loaded.reload();
              }}
            >
              {words.withdraw}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
