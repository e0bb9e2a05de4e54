import { useState } from "react";
import type { JobFile } from "../../api/types";
import { bytes } from "../../format";
import { Loading } from "../../parts/Loading";
import { texts } from "../../texts";
import { AudioPlayer } from "./AudioPlayer";
import { Document } from "./Document";
import { useContent } from "./useContent";

const isText = (type: string) => /^text\/|json|xml|x-subrip|edl|ffmetadata|ndjson/.test(type);
/** What is fetched without being asked for. */
const small = 50_000_000;

type Kind = "audio" | "video" | "image" | "text";

function kindOf({ media_type: type, name }: JobFile): Kind | undefined {
  if (type.startsWith("audio/")) return "audio";
  if (type.startsWith("video/")) return "video";
  // What draws or runs code is not shown: a vector picture is downloaded.
  if (/^image\/(png|jpeg|webp|gif|avif|bmp)/.test(type)) return "image";
  return isText(type) || /\.(srt|vtt|txt|json|csv|edl|otio|ass|lrc|md)$/i.test(name) ? "text" : undefined;
}

/** Plays or shows a file. */
export function Preview({ file }: { file: JobFile }) {
  const kind = kindOf(file);
  const [wanted, setWanted] = useState(file.size <= small);
  const { content, problem } = useContent(file, wanted && kind !== undefined);
  if (!kind) return <p className="help">{texts.jobs.noPreview}</p>;
  if (!wanted)
    return (
      <button type="button" onClick={() => setWanted(true)}>
        {texts.jobs.largePreview(bytes(file.size))}
      </button>
    );
  if (!content) return <Loading text={problem} />;
  switch (kind) {
    case "audio":
      return <AudioPlayer content={content} label={file.name} />;
    case "video":
      return <video className="picture" controls src={content.url} aria-label={file.name} />;
    case "image":
      return <img className="picture" src={content.url} alt={file.name} />;
    case "text":
      return <Document blob={content.blob} name={file.name} />;
  }
}
