import { useEffect, useState } from "react";
import { send } from "../../api/client";
import type { JobFile } from "../../api/types";

export interface Content {
  blob: Blob;
  /** An address of the blob in this page. */
  url: string;
}

/** The bytes of a file, fetched with the caller's key: media elements send none themselves. */
export function useContent(file: JobFile, wanted = true): { content?: Content; problem?: string } {
  const [content, setContent] = useState<Content>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    if (!wanted) return;
    const abort = new AbortController();
    let url: string | undefined;
    send(`/files/${file.file}/content`, { signal: abort.signal })
      .then((response) => response.blob())
      .then((blob) => {
        if (abort.signal.aborted) return;
        url = URL.createObjectURL(blob);
        setContent({ blob, url });
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      });
    return () => {
      abort.abort();
      if (url) URL.revokeObjectURL(url);
    };
  }, [file.file, wanted]);
  return { content, problem };
}
