import { describe, expect, it } from "vitest";
import { placeOf, type Recent } from "./recent";

const backtest = { backtest_id: "b", strategy: { strategy_id: "s" } } as Recent["backtest"];
const run = (grid_id: string | null) => ({ backtest, run: { run_id: "r", grid_id } as Recent["run"] });

describe("a latest backtest", () => {
  it("leads to its run, to the grid of its run, or to the text that was never run", () => {
    expect(placeOf(run(null))).toBe("/runs/?id=r");
    expect(placeOf(run("g"))).toBe("/grids/?id=g");
    expect(placeOf({ backtest, run: null })).toBe("/strategies/?id=s");
  });
});
