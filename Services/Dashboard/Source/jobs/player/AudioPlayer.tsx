import { useRef, useState } from "react";
import type { Content } from "./useContent";
import { Waveform } from "./Waveform";

/** A recording with its outline. */
export function AudioPlayer({ content, label }: { content: Content; label: string }) {
  const element = useRef<HTMLAudioElement>(null);
  const [place, setPlace] = useState(0);
  return (
    <div className="player">
      <Waveform
        blob={content.blob}
        place={place}
        seek={(to) => {
          const audio = element.current;
          if (audio && Number.isFinite(audio.duration)) audio.currentTime = to * audio.duration;
        }}
      />
      <audio
        ref={element}
        controls
        src={content.url}
        aria-label={label}
        onTimeUpdate={(event) => setPlace(event.currentTarget.currentTime / (event.currentTarget.duration || 1))}
      />
    </div>
  );
}
