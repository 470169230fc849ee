/** What is plainly wrong in a wish, known without asking the API; all else the API says. */
import { listOf, type Wish } from "./context";

export type Wrong = "empty" | "number" | "whole" | "low" | "high" | "order";

type Bounds = readonly [number, number];

const BOUNDS: Partial<Record<keyof Wish, Bounds>> = {
  commission: [0, 30],
  minimum: [0, 100],
  stampDuty: [0, 100],
  transferFee: [0, 100],
  volumeCap: [0.00001, 100],
};
const CASH: Bounds = [1000, 1e10];
const TOP: Bounds = [1, 10_000];
const SLIPPAGE_MOST = { bps: 1000, ticks: 1000, range: 1, impact: 1 };
const NAMED = new Set<Wish["universe"]>(["index", "codes", "boards", "industry", "rank", "json"]);

/** What a number may be, where something bounds it. */
export function boundsOf(key: keyof Wish, wish: Wish): Bounds | undefined {
  if (key === "cash") return CASH;
  if (key === "top") return TOP;
  if (key === "slippageSize") return wish.slippage ? [0, SLIPPAGE_MOST[wish.slippage]] : undefined;
  return BOUNDS[key];
}

function between(text: string, [low, high]: Bounds, whole = false): Wrong | null {
  if (text.trim() === "") return "empty";
  const value = Number(text.replaceAll(/[,，\s]/g, ""));
  if (!Number.isFinite(value)) return "number";
  if (whole && !Number.isInteger(value)) return "whole";
  if (value < low) return "low";
  return value > high ? "high" : null;
}

export function wrongIn(wish: Wish): Partial<Record<keyof Wish, Wrong>> {
  const found: Partial<Record<keyof Wish, Wrong>> = {};
  const note = (key: keyof Wish, wrong: Wrong | null) => {
    if (wrong) found[key] = wrong;
  };
  note("cash", between(wish.cash, CASH, true));
  if (!wish.start) found.start = "empty";
  if (!wish.end) found.end = "empty";
  if (wish.start && wish.end && wish.start > wish.end) found.start = "order";
  if (NAMED.has(wish.universe) && listOf(wish.members).length === 0) found.members = "empty";
  if (wish.universe === "rank") note("top", between(wish.top, TOP, true));
  for (const [key, bounds] of Object.entries(BOUNDS) as [keyof Wish, Bounds][]) {
    if (wish[key] !== "") note(key, between(wish[key], bounds));
  }
  if (wish.slippage)
    note("slippageSize", between(wish.slippageSize, [0, SLIPPAGE_MOST[wish.slippage]], wish.slippage === "ticks"));
  return found;
}
