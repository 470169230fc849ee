"use client";
/** The scale of a map's colours, from its least to its most. */
import { VIRIDIS } from "./heat";

export function HeatLegend({
  scale: [low, high],
  text,
}: {
  scale: readonly [number, number];
  text: (value: number) => string;
}) {
  return (
    <div className="mb-2 flex items-center justify-end gap-2 text-xs text-ink-soft">
      <span>{text(low)}</span>
      <span
        aria-hidden="true"
        className="h-2.5 w-36 rounded-sm"
        ref={(element) => {
          if (element) element.style.backgroundImage = `linear-gradient(to right, ${VIRIDIS.join(", ")})`;
        }}
      />
      <span>{text(high)}</span>
    </div>
  );
}
