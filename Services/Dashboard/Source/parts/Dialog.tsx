import { type ReactNode, useEffect, useId, useRef } from "react";
import { texts } from "../texts";
import { Icon } from "./Icon";

/** A modal dialog: the browser's own, which keeps the focus inside and gives it back, and closes at Escape. */
export function Dialog({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    const last = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      if (last instanceof HTMLElement) last.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <header className="card-head">
        <h2 id={id}>{title}</h2>
        <button type="button" className="bare" aria-label={texts.close} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}
