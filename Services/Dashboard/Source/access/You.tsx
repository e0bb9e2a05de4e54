import { get } from "../api/client";
import { none } from "../format";
import { Card } from "../parts/Card";
import { Load } from "../parts/Load";
import { useLoad } from "../state/useLoad";
import { texts } from "../texts";

interface Me {
  owner: string;
  tier: string;
  scopes: string[];
  organisation: string | null;
  user?: { name: string; email: string };
}

/** Who the studio takes the caller for. */
export function You() {
  const loaded = useLoad((signal) => get<Me>("/me", signal), "me");
  const words = texts.access;
  return (
    <Card title={words.you}>
      <Load from={loaded}>
        {(me) => (
          <dl>
            {me.user && (
              <div>
                <dt>{words.userName}</dt>
                <dd>{`${me.user.name} (${me.user.email})`}</dd>
              </div>
            )}
            <div>
              <dt>{words.owner}</dt>
              <dd>{me.owner}</dd>
            </div>
            <div>
              <dt>{words.tier}</dt>
              <dd>{me.tier}</dd>
            </div>
            <div>
              <dt>{words.organisation}</dt>
              <dd>{me.organisation ?? none}</dd>
            </div>
            <div>
              <dt>{words.scopes}</dt>
              <dd>{me.scopes.join(", ")}</dd>
            </div>
          </dl>
        )}
      </Load>
    </Card>
  );
}
