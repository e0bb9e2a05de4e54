import { type FormEvent, useState } from "react";
import { put } from "../api/client";
import { Dialog } from "../parts/Dialog";
import { Field } from "../parts/Field";
import { announce } from "../state/announce";
import { texts } from "../texts";

const words = texts.settings;

function options(values: Record<string, string>) {
  return Object.entries(values).map(([value, text]) => (
    <option key={value} value={value}>
      {text}
    </option>
  ));
}

/** Makes a budget. */
export function NewBudgetDialog({ close, made }: { close: () => void; made: () => void }) {
  const [problem, setProblem] = useState("");
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const subject = String(form.get("subject")).trim();
    try {
      await put(`/gateway/budgets/${encodeURIComponent(String(form.get("id")).trim())}`, {
        scope: form.get("scope"),
        period: form.get("period"),
        limit: form.get("limit"),
        at_limit: form.get("at_limit"),
        ...(subject && { subject }),
      });
      announce(words.budgetSaved);
      made();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : texts.failed);
    }
  }
  const names = words.budget;
  return (
    <Dialog title={words.newBudget} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <Field label={names.id}>
          {(attributes) => <input {...attributes} name="id" required maxLength={100} pattern="[A-Za-z0-9._-]+" autoFocus />}
        </Field>
        <div className="fields">
          <Field label={names.scope}>
            {(attributes) => (
              <select {...attributes} name="scope">
                {options(words.scopes)}
              </select>
            )}
          </Field>
          <Field label={names.period}>
            {(attributes) => (
              <select {...attributes} name="period" defaultValue="month">
                {options(words.periods)}
              </select>
            )}
          </Field>
          <Field label={names.limit}>
            {(attributes) => <input {...attributes} name="limit" inputMode="decimal" pattern="[0-9]+(\.[0-9]{1,9})?" required />}
          </Field>
          <Field label={names.atLimit}>
            {(attributes) => (
              <select {...attributes} name="at_limit">
                {options(words.atLimits)}
              </select>
            )}
          </Field>
        </div>
        <Field label={names.subject} help={names.subjectHelp} problem={problem}>
          {(attributes) => <input {...attributes} name="subject" maxLength={200} />}
        </Field>
        <div className="buttons">
          <button type="button" onClick={close}>
            {texts.cancel}
          </button>
          <button type="submit" className="primary">
            {names.create}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
