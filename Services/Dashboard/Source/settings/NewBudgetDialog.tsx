import { put } from "../api/client";
import { Field } from "../parts/Field";
import { FormDialog, Options } from "../parts/FormDialog";
import { announce } from "../state/announce";
import { texts } from "../texts";

const words = texts.settings;

/** Makes a budget. */
export function NewBudgetDialog({ close, made }: { close: () => void; made: () => void }) {
  async function submit(form: FormData) {
    const subject = String(form.get("subject")).trim();
    await put(`/gateway/budgets/${encodeURIComponent(String(form.get("id")).trim())}`, {
      scope: form.get("scope"),
      period: form.get("period"),
      limit: form.get("limit"),
      at_limit: form.get("at_limit"),
      ...(subject && { subject }),
    });
    announce(words.budgetSaved);
    made();
  }
  const names = words.budget;
  return (
    <FormDialog title={words.newBudget} action={names.create} close={close} submit={submit}>
      <Field label={names.id}>
        {(attributes) => <input {...attributes} name="id" required maxLength={100} pattern="[A-Za-z0-9._\-]+" autoFocus />}
      </Field>
      <div className="fields">
        <Field label={names.scope}>
          {(attributes) => (
            <select {...attributes} name="scope">
              <Options of={words.scopes} />
            </select>
          )}
        </Field>
        <Field label={names.period}>
          {(attributes) => (
            <select {...attributes} name="period" defaultValue="month">
              <Options of={words.periods} />
            </select>
          )}
        </Field>
        <Field label={names.limit}>
          {(attributes) => <input {...attributes} name="limit" inputMode="decimal" pattern="[0-9]+(\.[0-9]{1,9})?" required />}
        </Field>
        <Field label={names.atLimit}>
          {(attributes) => (
            <select {...attributes} name="at_limit">
              <Options of={words.atLimits} />
            </select>
          )}
        </Field>
      </div>
      <Field label={names.subject} help={names.subjectHelp}>
        {(attributes) => <input {...attributes} name="subject" maxLength={200} />}
      </Field>
    </FormDialog>
  );
}
