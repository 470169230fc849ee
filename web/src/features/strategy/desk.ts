/** All that somebody typed on the page of a strategy, and how it comes back after a reload. */
import type { Wish } from "@/jobs/context";

export type Mode = "single" | "grid";
export type Texts = Readonly<Record<string, string>>;

/** As typed; an empty text is no limit. */
export interface GridTexts {
  maxEvals: string;
  budgetSeconds: string;
  /** A figure's key; "": no early stop. */
  stopMetric: string;
  stopPatience: string;
}

export interface Desk {
  code: string;
  mode: Mode;
  wish: Wish;
  single: Texts;
  grid: Texts;
  limits: GridTexts;
  /** Compute what is known anew. */
  anew: boolean;
}

export type Kept = Partial<Desk>;

export const NO_LIMITS: GridTexts = { maxEvals: "", budgetSeconds: "", stopMetric: "", stopPatience: "50" };

export function deskFor(code: string, wish: Wish, more: Kept = {}): Desk {
  return { code, mode: "single", single: {}, grid: {}, limits: NO_LIMITS, anew: false, ...more, wish };
}

/** A draft above what was opened. A dataset that is gone takes its window with it. */
export function resumed(opened: Desk, kept: Kept | null, datasets: readonly string[]): Desk {
  if (!kept) return opened;
  const wish = kept.wish && datasets.includes(kept.wish.dataset) ? { ...opened.wish, ...kept.wish } : opened.wish;
  return { ...opened, ...kept, wish, limits: { ...opened.limits, ...kept.limits } };
}
