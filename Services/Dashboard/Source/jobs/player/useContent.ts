import { useEffect, useState } from "react";
import { send } from "../../api/client";
import type { JobFile } from "../../api/types";

export interface Content {
  blob: Blob;
  /** An address of the blob in this page. */
  url: string;
}

/** An element that has just gone may still be loading: its address lasts so much longer, in milliseconds. */
const GRACE = 10_000;

/** The bytes of a file, fetched with the caller's key: media elements send none themselves. */
export function useContent(file: JobFile, wanted = true): { content?: Content; problem?: string } {
  const [content, setContent] = useState<Content>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    if (!wanted) return;
    const abort = new AbortController();
    let made: string | undefined;
    send(`/files/${file.file}/content`, { signal: abort.signal })
      .then((response) => response.blob())
      .then((blob) => {
        if (abort.signal.aborted) return;
        const url = URL.createObjectURL(blob);
        made = url;
        setContent({ blob, url });
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      });
    return () => {
      abort.abort();
      const url = made;
      if (url) window.setTimeout(() => URL.revokeObjectURL(url), GRACE);
    };
  }, [file.file, wanted]);
  return { content, problem };
}
