import { type FormEvent, useState } from "react";
import { post } from "../api/client";
import { Dialog } from "../parts/Dialog";
import { Field } from "../parts/Field";
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
  "alerting:write",
  "keys:manage",
  "webhooks:manage",
  "admin",
];
/** Managing others is not given without being asked for. */
const notAtFirst = new Set(["alerting:read", "alerting:write", "keys:manage", "webhooks:manage", "admin"]);

/** Asks what a new key may do. */
export function NewKeyDialog({ close, made }: { close: () => void; made: (secret: string) => void }) {
  const [problem, setProblem] = useState("");
  const words = texts.access;
  const current = session.get();
  const offered = scopes.filter((scope) => isAdministrator(current) || current?.scopes.includes(scope));

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const days = Number(form.get("expires"));
    const owner = String(form.get("owner") ?? "").trim();
    try {
      const { key } = await post<{ key: string }>("/keys", {
        name: form.get("name"),
        scopes: form.getAll("scope"),
        ...(owner && { owner }),
        ...(days && { expires: new Date(Date.now() + days * 86_400_000).toISOString() }),
      });
      made(key);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : texts.failed);
    }
  }

  return (
    <Dialog title={words.newKey} close={close}>
      <form onSubmit={(event) => void submit(event)}>
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
        <Field label={words.expires} problem={problem}>
          {(attributes) => (
            <select {...attributes} name="expires">
              {Object.entries(words.expiresIn)
                .reverse()
                .map(([days, text]) => (
                  <option key={days} value={days}>
                    {text}
                  </option>
                ))}
            </select>
          )}
        </Field>
        <div className="buttons">
          <button type="button" onClick={close}>
            {texts.cancel}
          </button>
          <button type="submit" className="primary">
            {words.create}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
