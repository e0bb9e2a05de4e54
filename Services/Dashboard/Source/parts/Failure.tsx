import type { Problem } from "../api/problem";
import { session } from "../state/session";
import { useStore } from "../state/store";
import { texts } from "../texts";

/** Why something could not be loaded, and a way to try again. */
export function Failure({ problem, retry }: { problem: Problem; retry?: () => void }) {
  const isPerson = useStore(session)?.isPerson ?? false;
  const [title, detail] = problem.isStudioAway
    ? [texts.away, texts.awayDetail]
    : problem.isUnreachable
      ? [texts.unreachable, texts.unreachableDetail]
      : problem.status === 403
        ? [texts.forbidden(isPerson), texts.forbiddenDetail(problem.message)]
        : [texts.failed, problem.message];
  return (
    <div className="failure" role="alert">
      <p className="empty-title">{title}</p>
      <p>{detail}</p>
      {retry && problem.status !== 403 && (
        <button type="button" onClick={retry}>
          {texts.retry}
        </button>
      )}
    </div>
  );
}
