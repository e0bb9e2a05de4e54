import { type DragEvent, useEffect, useId, useState } from "react";
import { Icon } from "../parts/Icon";
import { texts } from "../texts";

const stay = (event: Event) => event.preventDefault();

/** Takes files that are dropped or chosen. */
export function DropZone({ add }: { add: (files: File[]) => void }) {
  const id = useId();
  const [isOver, setOver] = useState(false);
  // A browser leaves the page for a file that is dropped beside the zone.
  useEffect(() => {
    window.addEventListener("dragover", stay);
    window.addEventListener("drop", stay);
    return () => {
      window.removeEventListener("dragover", stay);
      window.removeEventListener("drop", stay);
    };
  }, []);
  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    add([...event.dataTransfer.files]);
  }
  return (
    <div
      className={isOver ? "drop over" : "drop"}
      onDrop={drop}
      onDragLeave={() => setOver(false)}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
    >
      <Icon name="upload" />
      <p>
        {texts.jobs.drop}{" "}
        <input
          id={id}
          className="hidden-input"
          type="file"
          multiple
          accept="audio/*,video/*,image/*,text/*,.srt,.vtt,.ass,.mkv,.flac,.opus"
          onChange={(event) => {
            add([...(event.target.files ?? [])]);
            event.target.value = "";
          }}
        />
        <label className="link" htmlFor={id}>
          {texts.jobs.choose}
        </label>
      </p>
    </div>
  );
}
