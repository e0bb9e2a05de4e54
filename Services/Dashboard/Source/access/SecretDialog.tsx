import { Dialog } from "../parts/Dialog";
import { announce } from "../state/announce";
import { texts } from "../texts";

/** Shows a secret, this once. */
export function SecretDialog({ title, secret, close }: { title: string; secret: string; close: () => void }) {
  // Without leave to the clipboard the text can still be selected.
  const copy = () =>
    navigator.clipboard?.writeText(secret).then(
      () => announce(texts.copied),
      () => undefined,
    );
  return (
    <Dialog title={title} close={close}>
      <p>{texts.access.madeHelp}</p>
      <pre className="document secret" tabIndex={0}>
        {secret}
      </pre>
      <div className="buttons">
        <button type="button" onClick={() => void copy()}>
          {texts.copy}
        </button>
        <button type="button" className="primary" onClick={close}>
          {texts.close}
        </button>
      </div>
    </Dialog>
  );
}
