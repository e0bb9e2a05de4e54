import { post } from "../api/client";
import { Field } from "../parts/Field";
import { FormDialog } from "../parts/FormDialog";
import { texts } from "../texts";

/** Asks where events shall be sent, and which. */
export function NewWebhookDialog({ close, made }: { close: () => void; made: (secret: string) => void }) {
  const words = texts.access;
  async function submit(form: FormData) {
    const types = String(form.get("types"))
      .split(/[\s,]+/)
      .filter(Boolean);
    const { secret } = await post<{ secret: string }>("/webhooks", { url: form.get("url"), types });
    made(secret);
  }
  return (
    <FormDialog title={words.newWebhook} action={words.webhook.create} close={close} submit={submit}>
      <Field label={words.webhook.url} help={words.webhook.urlHelp}>
        {(attributes) => <input {...attributes} name="url" type="url" required maxLength={2048} autoFocus />}
      </Field>
      <Field label={words.webhook.types} help={words.webhook.typesHelp}>
        {(attributes) => <input {...attributes} name="types" maxLength={1000} autoCapitalize="off" spellCheck={false} />}
      </Field>
    </FormDialog>
  );
}
