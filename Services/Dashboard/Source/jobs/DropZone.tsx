import { type DragEvent, useId, useState } from "react";
import { Icon } from "../parts/Icon";
import { texts } from "../texts";

/** Takes files that are dropped or chosen. */
export function DropZone({ add }: { add: (files: File[]) => void }) {
  const id = useId();
  const [isOver, setOver] = useState(false);
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
