"use client";
/** What a cell of a map says, beside it. */
import type { Box } from "./heat-layout";

const AWAY = 8;

interface Props {
  box: Box;
  /** Of the whole map: the words stay within it. */
  width: number;
  place: string;
  figure: string;
}

export function HeatTip({ box, width, place, figure }: Props) {
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute top-0 left-0 z-10 rounded-md border border-line-strong bg-raised px-2.5 py-1.5 text-xs whitespace-nowrap shadow-lg"
      ref={(element) => {
        if (!element) return;
        const right = box.x + box.width + AWAY;
        const x = right + element.offsetWidth > width ? Math.max(0, box.x - AWAY - element.offsetWidth) : right;
        element.style.transform = `translate(${x}px, ${Math.max(0, box.y - AWAY)}px)`;
      }}
    >
      <p className="font-mono text-ink-soft">{place}</p>
      <p className="font-medium">{figure}</p>
    </div>
  );
}
