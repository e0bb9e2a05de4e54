import { Field } from "../parts/Field";
import { FormDialog } from "../parts/FormDialog";
import { announce } from "../state/announce";
import { session } from "../state/session";
import { texts } from "../texts";
import { type Alert, acknowledge } from "./api";
import { LabelList } from "./LabelList";

/** Asks what is being done about an alert; nothing need be said. */
export function AcknowledgeDialog({ alert, close, done }: { alert: Alert; close: () => void; done: () => void }) {
  const words = texts.alerts;
  async function submit(form: FormData) {
    await acknowledge(alert, session.get()?.name ?? "", String(form.get("note")).trim());
    announce(words.ackDone);
    close();
    done();
  }
  return (
    <FormDialog title={words.acknowledgeTitle} action={words.acknowledge} close={close} submit={submit}>
      <p className="help">{words.acknowledgeHelp}</p>
      <LabelList labels={alert.labels} />
      <Field label={words.note}>{(attributes) => <input {...attributes} name="note" maxLength={500} />}</Field>
    </FormDialog>
  );
}
