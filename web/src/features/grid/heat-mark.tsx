"use client";
/** A line around one cell of a map. */
import { classes } from "@/ui/classes";
import type { Box } from "./heat-layout";

const TONES = { best: "border-rise outline-surface", cursor: "border-ink outline-surface" };

export function HeatMark({ box, tone }: { box: Box; tone: keyof typeof TONES }) {
  return (
    <div
      aria-hidden="true"
      className={classes("pointer-events-none absolute top-0 left-0 rounded-[1px] border-2 outline-1", TONES[tone])}
      ref={(element) => {
        if (!element) return;
        element.style.transform = `translate(${box.x - 2}px, ${box.y - 2}px)`;
        element.style.width = `${box.width + 4}px`;
        element.style.height = `${box.height + 4}px`;
      }}
    />
  );
}
