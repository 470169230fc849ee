import type { ReactNode } from "react";
import { classes } from "./classes";

export type Tone = "plain" | "accent" | "good" | "doubt" | "bad";

const TONES: Record<Tone, string> = {
  plain: "bg-ground text-ink-soft",
  accent: "bg-accent-ground text-accent-strong",
  good: "bg-good-ground text-good",
  doubt: "bg-doubt-ground text-doubt",
  bad: "bg-bad-ground text-bad",
};

export function Badge({ tone = "plain", children, title }: { tone?: Tone; children: ReactNode; title?: string }) {
  return (
    <span
      title={title}
      className={classes("inline-flex items-center rounded px-1.5 py-0.5 text-xs font-medium", TONES[tone])}
    >
      {children}
    </span>
  );
}
