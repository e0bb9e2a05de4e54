import { Field } from "../parts/Field";
import { FormDialog } from "../parts/FormDialog";
import { announce } from "../state/announce";
import { session } from "../state/session";
import { texts } from "../texts";
import { type Labels, silence } from "./api";
import { LabelList } from "./LabelList";

/** Asks for how long an alert shall keep quiet, and why. */
export function SilenceDialog({ labels, close, done }: { labels: Labels; close: () => void; done: () => void }) {
  const words = texts.alerts;
  async function submit(form: FormData) {
    await silence(labels, Number(form.get("hours")), String(form.get("comment")), session.get()?.name ?? "");
    announce(words.silenceDone);
    close();
    done();
  }
  return (
    <FormDialog title={words.silenceTitle} action={words.silence} close={close} submit={submit}>
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
      <Field label={words.comment}>{(attributes) => <input {...attributes} name="comment" required maxLength={500} />}</Field>
    </FormDialog>
  );
}
