/** The product's mark. */
export function Mark({ size }: { size: number }) {
  return (
    <svg viewBox="0 0 40 40" width={size} height={size} aria-hidden="true" focusable="false">
      <rect width="40" height="40" rx="9" fill="#1f4b99" />
      <path d="M9 20h0M15 13v14M21 8v24M27 14v12M32 18v4" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
    </svg>
  );
}
