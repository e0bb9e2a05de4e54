import { useEffect, useState } from "react";
import { texts } from "../../texts";

/** Characters that are shown. */
const most = 20_000;

/** A text file, such as captions or a list of cuts. */
export function Document({ blob, name }: { blob: Blob; name: string }) {
  const [text, setText] = useState("");
  useEffect(() => {
    let isGone = false;
    void blob
      .slice(0, most * 4)
      .text()
      .then((found) => {
        if (!isGone) setText(found);
      });
    return () => {
      isGone = true;
    };
  }, [blob]);
  return (
    <>
      <pre className="document" tabIndex={0} role="region" aria-label={name}>
        {text.slice(0, most)}
      </pre>
      {text.length > most && <p className="help">{texts.jobs.cutPreview}</p>}
    </>
  );
}
