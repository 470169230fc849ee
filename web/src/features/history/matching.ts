/** How each backtest of the history stands, and which of them somebody wants to see. */
import { isUnderWay, type Newest } from "@/jobs/backtests";
import type { Entry } from "@/jobs/entries";

export const STATES = ["underway", "succeeded", "incomplete", "failed", "cancelled", "archived", "never"] as const;
export type State = (typeof STATES)[number];

export interface Filter {
  text: string;
  state: State | "all";
}

export function stateOf(newest: Newest): State {
  const { newest: last, archived } = newest;
  if (!last) return archived > 0 ? "archived" : "never";
  if (isUnderWay(last)) return "underway";
  if (!last.grid) return last.run.status as State;
  if (last.grid.status === "finished") return last.grid.counts.succeeded ? "succeeded" : "failed";
  return last.grid.status as State;
}

/** Backtests that were only estimated, never run, are in nobody's way unless they are asked for. */
export function matches(entry: Entry, filter: Filter): boolean {
  const text = filter.text.trim().toLowerCase();
  const { strategy, notes, backtest_id } = entry.backtest;
  if (text && ![strategy.name, notes, backtest_id].some((each) => each.toLowerCase().includes(text))) return false;
  if (!entry.newest) return filter.state === "all";
  const state = stateOf(entry.newest);
  return filter.state === "all" ? state !== "never" : state === filter.state;
}

export const EVERYTHING: Filter = { text: "", state: "all" };

/** What is looked for stands in the address. */
export function filterIn(asked: { get: (name: string) => string | null }): Filter {
  const state = STATES.find((each) => each === asked.get("state"));
  return { text: asked.get("search") ?? "", state: state ?? "all" };
}

export function addressOf({ text, state }: Filter): string {
  const query = new URLSearchParams({ ...(text && { search: text }), ...(state !== "all" && { state }) });
  return `/history/${query.size ? `?${query}` : ""}`;
}
