import { type FormEvent, useState } from "react";
import { Problem } from "../api/problem";
import { Choice } from "../parts/Choice";
import { Field } from "../parts/Field";
import { Mark } from "../parts/Mark";
import { farewell } from "../state/session";
import { useStore } from "../state/store";
import { texts } from "../texts";
import { withKey, withUser } from "./entry";

/** Where everybody begins. */
export function SignIn() {
  const [way, setWay] = useState<"key" | "user">("key");
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const reason = useStore(farewell);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const value = (name: string) => String(form.get(name) ?? "");
    setBusy(true);
    setProblem("");
    try {
      await (way === "key" ? withKey(value("key")) : withUser(value("email"), value("password")));
    } catch (error) {
      const isRefusal = error instanceof Problem && error.status === 401 && way === "key";
      setProblem(isRefusal ? texts.signIn.refused : error instanceof Error ? error.message : texts.failed);
      setBusy(false);
    }
  }

  return (
    <main className="sign-in" id="content">
      <form className="card" onSubmit={(event) => void submit(event)}>
        <Mark size={48} />
        <h1>{texts.signIn.title}</h1>
        <p className="muted">{texts.signIn.lead}</p>
        <Choice
          label={texts.signIn.way}
          value={way}
          choose={setWay}
          options={[
            ["key", texts.signIn.withKey],
            ["user", texts.signIn.withUser],
          ]}
        />
        {way === "key" ? (
          <>
            {/* So that password stores tell it from a person's password. */}
            <input name="username" autoComplete="username" value={texts.signIn.key} readOnly hidden />
            <Field label={texts.signIn.key} help={texts.signIn.keyHelp}>
              {(attributes) => (
                <input
                  {...attributes}
                  key="key"
                  name="key"
                  type="password"
                  autoComplete="current-password"
                  required
                  autoFocus
                  spellCheck={false}
                />
              )}
            </Field>
          </>
        ) : (
          <>
            <Field label={texts.signIn.email}>
              {(attributes) => (
                <input {...attributes} key="email" name="email" type="email" autoComplete="username" required autoFocus />
              )}
            </Field>
            <Field label={texts.signIn.password}>
              {(attributes) => <input {...attributes} name="password" type="password" autoComplete="current-password" required />}
            </Field>
          </>
        )}
        <div role="alert">{(problem || reason) && <p className="wrong">{problem || texts.signIn.expired}</p>}</div>
        <button type="submit" className="primary wide" disabled={isBusy}>
          {isBusy ? texts.signIn.busy : texts.signIn.submit}
        </button>
      </form>
    </main>
  );
}
