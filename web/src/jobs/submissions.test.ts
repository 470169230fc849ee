import { expect, it } from "vitest";
import { comparable, figuresOf, keyOf, placeOf, type State, type Submission, stateOf } from "./submissions";

const single = (status: string, more: object = {}): Submission =>
  ({ mode: "single", run_id: "r", run: { run_id: "r", status, stats: null }, grid: null, ...more }) as never;
const grid = (status: string, counts: Record<string, number>, more: object = {}): Submission =>
  ({ mode: "grid", run_id: null, run: null, grid: { grid_id: "g", status, counts, best: null }, ...more }) as never;

it("says what became of it", () => {
  const known: [Submission, State][] = [
    [single("queued"), "underway"],
    [single("running"), "underway"],
    [single("succeeded"), "succeeded"],
    [single("failed"), "failed"],
    [single("cancelled"), "cancelled"],
    [single("", { run: null, archived_at: "2026-01-01T00:00:00.000Z" }), "archived"],
    [grid("queued", {}), "underway"],
    [grid("running", { succeeded: 3 }), "underway"],
    [grid("finished", { succeeded: 3, failed: 1 }), "succeeded"],
    [grid("finished", { failed: 4 }), "failed"],
    [grid("cancelled", { succeeded: 1 }), "cancelled"],
    [grid("incomplete", { succeeded: 1 }), "incomplete"],
    [grid("finished", { succeeded: 3 }, { archived_at: "2026-01-01T00:00:00.000Z" }), "archived"],
  ];
  for (const [submission, state] of known) expect(stateOf(submission)).toBe(state);
});

it("leads to the run or the grid, also where a run is archived", () => {
  expect([placeOf(single("failed")), keyOf(single("failed"))]).toEqual(["/runs/?id=r", "r"]);
  expect([placeOf(grid("queued", {})), keyOf(grid("queued", {}))]).toEqual(["/grids/?id=g", "g"]);
  expect(placeOf(single("", { run: null, archived_at: "2026-01-01T00:00:00.000Z" }))).toBe("/runs/?id=r");
});

it("is judged by its run or its best, and compared only while that is there", () => {
  const best = { run_id: "b", stats: { return: 0.1 } };
  const done = { mode: "grid", run: null, grid: { status: "finished", best } } as unknown as Submission;
  expect(comparable(done)).toEqual(best);
  const away = { ...done, archived_at: "2026-01-01T00:00:00.000Z" };
  expect([figuresOf(away), comparable(away)]).toEqual([best, null]);
  expect([figuresOf(single("running")), figuresOf(grid("running", {}))]).toEqual([null, null]);
  expect(comparable(single("succeeded"))).toMatchObject({ run_id: "r" });
});
