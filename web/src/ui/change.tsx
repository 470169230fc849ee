import type { ReactNode } from "react";
import { direction, signedPercent, type Value } from "@/format/numbers";
import { classes } from "./classes";

const COLOURS = { rise: "text-rise", fall: "text-fall", flat: "" };
const ARROWS = { rise: "▲", fall: "▼", flat: "" };

/** A number that points up or down: by its sign, an arrow and a colour, never by the colour alone. */
export function Change({ value, children, className }: { value: Value; children?: ReactNode; className?: string }) {
  const text = children ?? signedPercent(value);
  // what is rounded to nothing points nowhere
  const way = typeof text === "string" && !/[1-9]/.test(text) ? "flat" : direction(value);
  return (
    <span className={classes(COLOURS[way], "whitespace-nowrap", className)}>
      {ARROWS[way] && (
        <span aria-hidden="true" className="mr-0.5 text-[0.7em]">
          {ARROWS[way]}
        </span>
      )}
      {text}
    </span>
  );
}
