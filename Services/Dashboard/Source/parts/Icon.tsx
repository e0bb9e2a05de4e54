/** Drawn on a grid of 20 by 20 with strokes alone. */
const shapes = {
  overview: "M3 17V9m5 8V4m5 13v-6m5 6V7",
  jobs: "M3 10h2l2-6 3 12 3-9 2 3h2",
  scripts: "M7 6 3 10l4 4m6-8 4 4-4 4",
  costs: "M10 3v14m4-11c-1-1.500-2.500-2-4-2-2 0-4 1-4 3s2 2.500 4 3 4 1 4 3-2 3-4 3c-1.500 0-3-.5-4-2",
  alerts: "M5 14V9a5 5 0 0 1 10 0v5l1.500 1h-13zM8.500 17.500h3",
  access: "M12.500 8.500a3 3 0 1 0-3 3L4 17m2-2 1.500 1.500",
  settings: "M4 6h5m4 0h3M4 14h3m4 0h5M11 4v4M9 12v4",
  menu: "M3 6h14M3 10h14M3 14h14",
  close: "M5 5l10 10M15 5 5 15",
  sun: "M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7zM10 2v2m0 12v2M2 10h2m12 0h2M4.300 4.300l1.400 1.400m8.600 8.600 1.400 1.400m0-11.400-1.400 1.400m-8.600 8.600-1.400 1.400",
  moon: "M16 12.500A7 7 0 0 1 7.500 4a6.500 6.500 0 1 0 8.500 8.500z",
  upload: "M10 13V4m0 0L6.500 7.500M10 4l3.500 3.500M4 13v3h12v-3",
  download: "M10 4v9m0 0 3.500-3.500M10 13 6.500 9.500M4 14v2.500h12V14",
  plus: "M10 4v12M4 10h12",
  out: "M8 4H4v12h4m4-9 3 3-3 3m3-3H8",
  check: "M4 10.500 8 14.500 16 6",
  warning: "M10 3 2.500 16.500h15zM10 8v4m0 2.200v.1",
  left: "M12 5l-5 5 5 5",
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={shapes[name]} fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
