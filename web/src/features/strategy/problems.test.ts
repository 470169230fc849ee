import { describe, expect, it } from "vitest";
import type { Problem } from "@/api/errors";
import { fieldOf, sorted } from "./problems";

const problem = (field: string, more: Partial<Problem> = {}): Problem => ({
  field,
  message: "is wrong",
  hint: null,
  line: null,
  column: null,
  ...more,
});

describe("problems of the API", () => {
  it("stand in the text where they have a line, without the request's own path", () => {
    const found = sorted([problem("strategyRef.code.entry", { line: 3, column: 8 }), problem("let.fast", { line: 5 })]);
    expect(found.text.map((each) => [each.field, each.line])).toEqual([
      ["entry", 3],
      ["let.fast", 5],
    ]);
  });

  it("stand below the field that they are about", () => {
    expect(
      [
        "context.window",
        "context.window.end",
        "context.universe.rank",
        "context.execution.slippage.bps",
        "context.costs.dividend_tax",
        "gridSpec.fast.stop",
        "params.slow",
        "early_stop.metric",
      ].map(fieldOf),
    ).toEqual(["start", "end", "members", "slippageSize", "others", "param.fast", "param.slow", "stopMetric"]);
    expect(fieldOf("context.windows")).toBeNull();
  });

  it("are all told where two are about one field, and above the form where none is", () => {
    const found = sorted([
      problem("context.window.start", { message: "a", hint: "x" }),
      problem("context.window.start", { message: "b", hint: "x" }),
      problem("gridSpec", { message: "no combination" }),
    ]);
    expect(found.fields.start?.map((each) => each.message)).toEqual(["a", "b"]);
    expect(found.general).toHaveLength(1);
  });
});
