import type { Chart, ChartDataset } from "chart.js";
import { useEffect, useRef } from "react";
import { useStore } from "../state/store";
import { isDark } from "../state/theme";

interface Props {
  /** What is drawn, in words; the values follow as a list for those who do not see the picture. */
  title: string;
  labels: string[];
  values: number[];
  kind?: "bar" | "line";
  format: (value: number) => string;
}

/** The colours of the style sheet, so that there is one place for them. */
function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function bars(data: number[]): ChartDataset<"bar", number[]> {
  return { data, backgroundColor: colour("--accent"), borderRadius: 3, maxBarThickness: 36 };
}

function line(data: number[]): ChartDataset<"line", number[]> {
  const accent = colour("--accent");
  return {
    data,
    borderColor: accent,
    borderWidth: 2,
    backgroundColor: `${accent}22`,
    fill: true,
    tension: 0.25,
    pointRadius: 0,
    pointHitRadius: 12,
  };
}

/** A figure over time. */
export function Trend({ title, labels, values, kind = "line", format }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useStore(isDark);
  const data = JSON.stringify([labels, values]);

  useEffect(() => {
    let chart: Chart<"bar" | "line", number[], string> | undefined;
    let isGone = false;
    void import("./chartParts").then(({ Chart }) => {
      if (isGone || !canvas.current) return;
      chart = new Chart<"bar" | "line", number[], string>(canvas.current, {
        type: kind,
        data: { labels, datasets: [kind === "bar" ? bars(values) : line(values)] },
        options: {
          responsive: true,
          maintainAspectRatio: false,
          interaction: { mode: "index", intersect: false },
          plugins: { tooltip: { displayColors: false, callbacks: { label: (item) => format(Number(item.raw)) } } },
          scales: {
            x: {
              grid: { display: false, borderColor: colour("--line") },
              ticks: { color: colour("--muted"), maxRotation: 0, autoSkipPadding: 16 },
            },
            y: {
              beginAtZero: true,
              grid: { color: colour("--line"), drawBorder: false },
              ticks: { color: colour("--muted"), maxTicksLimit: 5, callback: (value) => format(Number(value)) },
            },
          },
        },
      });
    });
    return () => {
      isGone = true;
      chart?.destroy();
    };
    // `data` stands for labels and values.
  }, [data, kind, dark, format]);

  return (
    <figure className="trend">
      <div className="canvas">
        <canvas ref={canvas} role="img" aria-label={title} />
      </div>
      <div className="hidden">
        <table>
          <caption>{title}</caption>
          <tbody>
            {labels.map((label, index) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{format(values[index] ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
