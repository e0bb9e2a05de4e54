import { type FormEvent, useState } from "react";
import { post } from "../api/client";
import { Dialog } from "../parts/Dialog";
import { Field } from "../parts/Field";
import { announce } from "../state/announce";
import { texts } from "../texts";

/** Makes an account with an organisation of its own. */
export function NewUserDialog({ close, made }: { close: () => void; made: () => void }) {
  const [problem, setProblem] = useState("");
  const words = texts.access;
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get("name"));
    try {
      await post("/users", { name, email: form.get("email"), password: form.get("password") });
      announce(words.userMade(name));
      made();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : texts.failed);
    }
  }
  return (
    <Dialog title={words.newUser} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <Field label={words.userName}>
          {(attributes) => <input {...attributes} name="name" required maxLength={200} autoComplete="off" autoFocus />}
        </Field>
        <Field label={words.email}>
          {(attributes) => <input {...attributes} name="email" type="email" required maxLength={300} autoComplete="off" />}
        </Field>
        <Field label={words.password} help={words.passwordHelp} problem={problem}>
          {(attributes) => (
            <input
              {...attributes}
              name="password"
              type="password"
              required
              minLength={12}
              maxLength={1024}
              autoComplete="new-password"
            />
          )}
        </Field>
        <div className="buttons">
          <button type="button" onClick={close}>
            {texts.cancel}
          </button>
          <button type="submit" className="primary">
            {words.createUser}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
