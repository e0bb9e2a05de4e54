import { post } from "../api/client";
import { Field } from "../parts/Field";
import { FormDialog, Options } from "../parts/FormDialog";
import { isAdministrator, session } from "../state/session";
import { texts } from "../texts";

const scopes = [
  "files:read",
  "files:write",
  "audio:run",
  "video:run",
  "llm",
  "analytics:read",
  "analytics:write",
  "alerting:read",
  "alerting:beat",
  "alerting:write",
  "keys:manage",
  "webhooks:manage",
  "admin",
];
/** Managing others is not given without being asked for. */
const notAtFirst = new Set(["alerting:read", "alerting:beat", "alerting:write", "keys:manage", "webhooks:manage", "admin"]);

/** Asks what a new key may do. */
export function NewKeyDialog({ close, made }: { close: () => void; made: (secret: string) => void }) {
  const words = texts.access;
  const current = session.get();
  const offered = scopes.filter((scope) => isAdministrator(current) || current?.scopes.includes(scope));

  async function submit(form: FormData) {
    const days = Number(form.get("expires"));
    const owner = String(form.get("owner") ?? "").trim();
    const { key } = await post<{ key: string }>("/keys", {
      name: form.get("name"),
      scopes: form.getAll("scope"),
      ...(owner && { owner }),
      ...(days && { expires: new Date(Date.now() + days * 86_400_000).toISOString() }),
    });
    made(key);
  }

  return (
    <FormDialog title={words.newKey} action={words.create} close={close} submit={submit}>
      <Field label={words.keyName}>
        {(attributes) => <input {...attributes} name="name" required maxLength={100} autoFocus />}
      </Field>
      {isAdministrator(current) && (
        <Field label={words.keyOwner} help={words.keyOwnerHelp}>
          {(attributes) => <input {...attributes} name="owner" maxLength={100} />}
        </Field>
      )}
      <fieldset className="checks">
        <legend>{words.scopes}</legend>
        {offered.map((scope) => (
          <label key={scope}>
            <input type="checkbox" name="scope" value={scope} defaultChecked={!notAtFirst.has(scope)} />
            <code>{scope}</code>
          </label>
        ))}
      </fieldset>
      <Field label={words.expires}>
        {(attributes) => (
          <select {...attributes} name="expires" defaultValue="">
            <Options of={words.expiresIn} />
          </select>
        )}
      </Field>
    </FormDialog>
  );
}
