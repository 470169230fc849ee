import { expect, it } from "vitest";
import type { State, Submission } from "@/jobs/submissions";
import { addressOf, EVERYTHING, filterIn, matches } from "./matching";

it("finds by a part of the name or the notes, and by what became of it", () => {
  const backtest = { strategy: { name: "Turtle" }, notes: "two years", backtest_id: "d73d889e" };
  const submission = { backtest, run: { status: "failed" }, grid: null } as unknown as Submission;
  const seen = (text: string, state: State | "all") => matches(submission, { text, state });
  expect(seen("turt", "all")).toBe(true);
  expect(seen(" YEARS", "failed")).toBe(true);
  expect(seen("rotation", "all")).toBe(false);
  expect(seen("", "succeeded")).toBe(false);
});

it("keeps what is looked for in the address", () => {
  const filter = { text: "海龟 2", state: "failed" } as const;
  expect(filterIn(new URL(addressOf(filter), "http://here").searchParams)).toEqual(filter);
  expect(addressOf(EVERYTHING)).toBe("/history/");
  expect(filterIn(new URLSearchParams("state=nonsense"))).toEqual(EVERYTHING);
});
