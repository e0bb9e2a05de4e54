import { type FormEvent, useState } from "react";
import { Dialog } from "../parts/Dialog";
import { Field } from "../parts/Field";
import { announce } from "../state/announce";
import { session } from "../state/session";
import { texts } from "../texts";
import { type Labels, silence } from "./api";
import { LabelList } from "./LabelList";

/** Asks for how long an alert shall keep quiet, and why. */
export function SilenceDialog({ labels, close, done }: { labels: Labels; close: () => void; done: () => void }) {
  const [problem, setProblem] = useState("");
  const words = texts.alerts;
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    try {
      await silence(labels, Number(form.get("hours")), String(form.get("comment")), session.get()?.name ?? "");
      announce(words.silenceDone);
      close();
      done();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : texts.failed);
    }
  }
  return (
    <Dialog title={words.silenceTitle} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <p className="help">{words.silenceHelp}</p>
        <LabelList labels={labels} />
        <Field label={words.silenceFor}>
          {(attributes) => (
            <select {...attributes} name="hours" defaultValue="1">
              {[1, 4, 12, 24, 72].map((hours) => (
                <option key={hours} value={hours}>
                  {words.hours(hours)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={words.comment} problem={problem}>
          {(attributes) => <input {...attributes} name="comment" required maxLength={500} />}
        </Field>
        <div className="buttons">
          <button type="button" onClick={close}>
            {texts.cancel}
          </button>
          <button type="submit" className="primary">
            {words.silence}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
