import { call, post } from "../api/client";
import { begin, type Session } from "../state/session";

interface Me {
  owner: string;
  subject: string;
  scopes: string[];
  user?: { name: string; email: string };
}

/** Asks whom a token stands for, and takes it.
 *  @throws Problem when the studio does not know it. */
async function take(token: string): Promise<void> {
  const me = await call<Me>("/me", { token });
  const session: Session = {
    token,
    name: me.user?.name ?? me.owner,
    owner: me.owner,
    scopes: me.scopes,
    isPerson: me.user !== undefined,
  };
  begin(session);
}

export const withKey = (key: string): Promise<void> => take(key.trim());

/** A person's session begins, and ends at sign-out. */
export async function withUser(email: string, password: string): Promise<void> {
  const { token } = await post<{ token: string }>("/auth/login", { email, password });
  await take(token);
}
