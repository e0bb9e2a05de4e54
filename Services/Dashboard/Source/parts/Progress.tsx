/** How much is done, from 0 to 1. */
export function Progress({ value, label }: { value: number; label: string }) {
  return (
    <progress max={100} value={Math.round(value * 100)} aria-label={label}>
      {`${Math.round(value * 100)} %`}
    </progress>
  );
}
