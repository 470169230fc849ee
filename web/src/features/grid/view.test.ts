import { describe, expect, it } from "vitest";
import { readView, type View, viewQuery } from "./view";

const FIRST = readView(new URLSearchParams("id=g"));

describe("a grid's address", () => {
  it("says nothing of what is as it is at first", () => {
    expect(viewQuery("g", FIRST).toString()).toBe("id=g");
  });

  it("leads back to the same view", () => {
    const view: View = {
      tab: "heatmap",
      sort: { key: "params.fast", descending: false },
      status: "failed",
      filters: {
        ranges: {
          sharpe: { low: -0.5, high: null },
          return: { low: null, high: 1e-7 },
          calmar: { low: null, high: null },
        },
        values: { fast: [5, 10.5] },
      },
      map: { metric: "max_dd", across: "fast", down: "-", held: { slow: 40 } },
    };
    expect(readView(viewQuery("g", view))).toEqual(view);
  });

  it("bears what nobody wrote", () => {
    const view = readView(
      new URLSearchParams("id=g&tab=x&status=gone&stats.sharpe=a~b&stats.return=1&params.fast=5,x&at.slow="),
    );
    expect(view).toEqual(FIRST);
  });
});
