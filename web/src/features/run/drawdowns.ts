/** Where in a curve its drawdowns lie. */
import type { Drawdown } from "@/jobs/statistics";
import { placeOf, type Range } from "./ranges";

const SHADED = 5;

/** The deepest first. */
export function worst(drawdowns: readonly Drawdown[], most = SHADED): Drawdown[] {
  return [...drawdowns].sort((one, other) => one.depth - other.depth).slice(0, most);
}

/** From its peak to its recovery; from the first session where the peak is the initial cash, to the last where it is not over. */
export function rangeOf({ start, recovery }: Drawdown, sessions: readonly number[]): Range {
  const last = sessions.length - 1;
  return {
    from: start === 0 ? 0 : Math.min(placeOf(sessions, start), last),
    to: recovery === null ? last : Math.min(placeOf(sessions, recovery), last),
  };
}
