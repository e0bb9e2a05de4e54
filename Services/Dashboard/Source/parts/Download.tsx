import { useState } from "react";
import { download } from "../api/download";
import { announce } from "../state/announce";
import { texts } from "../texts";
import { Icon } from "./Icon";

/** Downloads what only the caller's key opens. */
export function Download({ path, name, children, label }: { path: string; name: string; children: string; label?: string }) {
  const [isBusy, setBusy] = useState(false);
  async function start() {
    setBusy(true);
    try {
      await download(path, name);
    } catch (error) {
      announce(error instanceof Error ? error.message : texts.failed, "bad");
    }
    setBusy(false);
  }
  return (
    <button type="button" disabled={isBusy} aria-label={label} onClick={() => void start()}>
      <Icon name="download" />
      {children}
    </button>
  );
}
