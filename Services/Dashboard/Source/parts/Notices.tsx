import { notice } from "../state/announce";
import { useStore } from "../state/store";

/** What has just happened; a live region that is always there, as screen readers need it. */
export function Notices() {
  const current = useStore(notice);
  return (
    <div className="notices" role="status" aria-live="polite">
      {current && (
        <p key={current.number} className={`notice ${current.kind}`}>
          {current.text}
        </p>
      )}
    </div>
  );
}
