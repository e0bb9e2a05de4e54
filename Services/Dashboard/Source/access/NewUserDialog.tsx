import { post } from "../api/client";
import { Field } from "../parts/Field";
import { FormDialog } from "../parts/FormDialog";
import { announce } from "../state/announce";
import { texts } from "../texts";

/** Makes an account with an organisation of its own. */
export function NewUserDialog({ close, made }: { close: () => void; made: () => void }) {
  const words = texts.access;
  async function submit(form: FormData) {
    const name = String(form.get("name"));
    await post("/users", { name, email: form.get("email"), password: form.get("password") });
    announce(words.userMade(name));
    made();
  }
  return (
    <FormDialog title={words.newUser} action={words.createUser} close={close} submit={submit}>
      <Field label={words.userName}>
        {(attributes) => <input {...attributes} name="name" required maxLength={200} autoComplete="off" autoFocus />}
      </Field>
      <Field label={words.email}>
        {(attributes) => <input {...attributes} name="email" type="email" required maxLength={300} autoComplete="off" />}
      </Field>
      <Field label={words.password} help={words.passwordHelp}>
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
    </FormDialog>
  );
}
