import { texts } from "../texts";
import { Dialog } from "./Dialog";

/** Asks before something that can not be taken back. */
export function Confirm({
  question,
  action,
  act,
  close,
}: {
  question: string;
  action: string;
  act: () => void;
  close: () => void;
}) {
  return (
    <Dialog title={action} close={close}>
      <p>{question}</p>
      <div className="buttons">
        <button type="button" onClick={close}>
          {texts.cancel}
        </button>
        <button
          type="button"
          className="danger"
          onClick={() => {
            close();
            act();
          }}
        >
          {action}
        </button>
      </div>
    </Dialog>
  );
}
