import { type FormEvent, type ReactNode, useState } from "react";
import { texts } from "../texts";
import { Dialog } from "./Dialog";

interface Props {
  title: string;
  /** What the button says that sends the form. */
  action: string;
  close: () => void;
  /** Sends what was entered; what it throws is told in the dialog, which stays open. */
  submit: (form: FormData) => Promise<void>;
  children: ReactNode;
}

/** A form in a dialog: sent once at a time, and left by its own buttons. */
export function FormDialog({ title, action, close, submit, children }: Props) {
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem("");
    try {
      await submit(form);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : texts.failed);
    }
    setBusy(false);
  }
  return (
    <Dialog title={title} close={close}>
      <form onSubmit={(event) => void send(event)}>
        {children}
        {problem && (
          <p className="wrong" role="alert">
            {problem}
          </p>
        )}
        <div className="buttons">
          <button type="button" onClick={close}>
            {texts.cancel}
          </button>
          <button type="submit" className="primary" disabled={isBusy}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The options of a choice, by value. */
export function Options({ of }: { of: Record<string, string> }) {
  return (
    <>
      {Object.entries(of).map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </>
  );
}
