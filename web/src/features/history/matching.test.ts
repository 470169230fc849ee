import { expect, it } from "vitest";
import type { Newest } from "@/jobs/backtests";
import type { Entry } from "@/jobs/entries";
import type { Backtest } from "@/jobs/run";
import { addressOf, EVERYTHING, filterIn, matches, type State, stateOf } from "./matching";

const of = (run: string, grid: { status: string; counts: Record<string, number> } | null = null): Newest =>
  ({ newest: { run: { status: run }, grid }, gridBefore: null, archived: 0 }) as unknown as Newest;

it("says of a backtest what became of its newest submission", () => {
  const known: [Newest, State][] = [
    [of("queued"), "underway"],
    [of("running"), "underway"],
    [of("succeeded"), "succeeded"],
    [of("failed"), "failed"],
    [of("succeeded", { status: "running", counts: {} }), "underway"],
    [of("failed", { status: "finished", counts: { succeeded: 3, failed: 1 } }), "succeeded"],
    [of("failed", { status: "finished", counts: { failed: 4 } }), "failed"],
    [of("succeeded", { status: "cancelled", counts: { succeeded: 1 } }), "cancelled"],
    [of("succeeded", { status: "incomplete", counts: { succeeded: 1 } }), "incomplete"],
    [{ newest: null, gridBefore: null, archived: 2 }, "archived"],
    [{ newest: null, gridBefore: null, archived: 0 }, "never"],
  ];
  for (const [newest, state] of known) expect(stateOf(newest)).toBe(state);
});

it("finds by a part of the name or the notes, and by what became of it", () => {
  const backtest = { strategy: { name: "Turtle" }, notes: "two years", backtest_id: "d73d889e" } as unknown as Backtest;
  const entry: Entry = { backtest, newest: of("failed"), error: null };
  const seen = (text: string, state: State | "all", newest: Newest | undefined = entry.newest) =>
    matches({ ...entry, newest }, { text, state });
  expect(seen("turt", "all")).toBe(true);
  expect(seen(" YEARS", "failed")).toBe(true);
  expect(seen("rotation", "all")).toBe(false);
  expect(seen("", "succeeded")).toBe(false);
  const never: Newest = { newest: null, gridBefore: null, archived: 0 };
  expect(seen("", "all", never)).toBe(false);
  expect(seen("", "never", never)).toBe(true);
});

it("shows what is not known yet until it is", () => {
  const backtest = { strategy: { name: "a" }, notes: "", backtest_id: "b" } as unknown as Backtest;
  const entry: Entry = { backtest, newest: undefined, error: null };
  expect([matches(entry, { text: "", state: "all" }), matches(entry, { text: "", state: "failed" })]).toEqual([
    true,
    false,
  ]);
});

it("keeps what is looked for in the address", () => {
  const filter = { text: "海龟 2", state: "failed" } as const;
  expect(filterIn(new URL(addressOf(filter), "http://here").searchParams)).toEqual(filter);
  expect(addressOf(EVERYTHING)).toBe("/history/");
  expect(filterIn(new URLSearchParams("state=nonsense"))).toEqual(EVERYTHING);
});
