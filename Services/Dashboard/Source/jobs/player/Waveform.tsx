import { type MouseEvent, useEffect, useId, useState } from "react";
import { texts } from "../../texts";
import { columns, type Peaks, peaks } from "./peaks";

interface Props {
  blob: Blob;
  /** How far it has been played, 0 to 1. */
  place: number;
  seek: (place: number) => void;
}

/** One stroke a column, mirrored at the middle. */
function path(values: Float32Array): string {
  let text = "";
  values.forEach((value, column) => {
    const height = Math.max(value * 48, 0.5);
    text += `M${column} ${50 - height}V${50 + height}`;
  });
  return text;
}

/** The outline of a recording; a click goes there. The keyboard has the player's own slider. */
export function Waveform({ blob, place, seek }: Props) {
  const id = useId();
  const [outline, setOutline] = useState<Peaks | null>();
  useEffect(() => {
    let isGone = false;
    setOutline(undefined);
    void peaks(blob).then((found) => {
      if (!isGone) setOutline(found ?? null);
    });
    return () => {
      isGone = true;
    };
  }, [blob]);

  if (outline === null) return <p className="help">{texts.jobs.noWaveform}</p>;
  const drawn = outline ? path(outline.values) : "";
  const click = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    seek((event.clientX - box.left) / box.width);
  };
  return (
    <svg
      className="waveform"
      viewBox={`0 0 ${columns} 100`}
      preserveAspectRatio="none"
      role="img"
      aria-label={texts.jobs.waveform}
      data-ready={outline !== undefined}
      onClick={click}
    >
      <path className="rest" d={drawn} />
      <clipPath id={id}>
        <rect x="0" y="0" width={place * columns} height="100" />
      </clipPath>
      <path className="played" d={drawn} clipPath={`url(#${id})`} />
      <line className="cursor" x1={place * columns} x2={place * columns} y1="0" y2="100" />
    </svg>
  );
}
