"use client";
/** How a curve looks, for legends and tables: its colour, dash, symbol and letter. */
import { usePalette } from "@/charts/palette";
import { markOf } from "./marks";

const SYMBOLS: Record<string, string> = {
  circle: "M16 5.5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0 -7",
  triangle: "M16 5l4 7.5h-8z",
  rect: "M12.5 5.5h7v7h-7z",
  diamond: "M16 4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z",
  pin: "M16 14l-3.5 -5a3.8 3.8 0 1 1 7 0z",
};

export function LineSample({ place }: { place: number }) {
  const palette = usePalette();
  const mark = markOf(place);
  const colour = palette.series[place % palette.series.length];
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap">
      <svg width="32" height="18" viewBox="0 0 32 18" aria-hidden="true" className="shrink-0">
        <path
          d="M0 9h32"
          stroke={colour}
          strokeWidth="2"
          strokeDasharray={typeof mark.dash === "string" ? undefined : mark.dash.join(" ")}
        />
        <path d={SYMBOLS[mark.symbol]} fill={colour} />
      </svg>
      <b>{mark.letter}</b>
    </span>
  );
}
