import { describe, expect, it } from "vitest";
import { countOf, type Parameter, readCandidates, readValue, suggested, suggestions } from "./values";

const WHOLE: Parameter = { name: "n", default: 20, min: 2, max: 250, whole: true };
const RATE: Parameter = { name: "stop", default: 0.1, min: 0.01, max: 0.5, whole: false };

describe("values of parameters", () => {
  it("are read as typed, within the strategy's bounds", () => {
    expect(readValue("30", WHOLE)).toEqual({ value: 30 });
    expect(["", "x", "2.5", "1", "300"].map((text) => readValue(text, WHOLE))).toEqual(
      ["empty", "number", "whole", "low", "high"].map((problem) => ({ problem })),
    );
  });

  it("are candidates or a range", () => {
    expect(readCandidates("5, 10，20 20", WHOLE)).toEqual({ value: [5, 10, 20] });
    expect(readCandidates("5..60 step 5", WHOLE)).toEqual({ value: { start: 5, stop: 60, step: 5 } });
    expect(readCandidates("5 至 10", WHOLE)).toEqual({ value: { start: 5, stop: 10, step: 1 } });
    expect(readCandidates("0.1~0.3/0.1", RATE)).toEqual({ value: { start: 0.1, stop: 0.3, step: 0.1 } });
    expect(readCandidates("60..5", WHOLE)).toEqual({ problem: "order" });
    expect(readCandidates("1..5", WHOLE)).toEqual({ problem: "low" });
  });

  it("are counted as the API counts them", () => {
    expect(countOf([1, 2, 3])).toBe(3);
    expect(countOf({ start: 0.1, stop: 0.3, step: 0.1 })).toBe(3);
    expect(countOf({ start: 5, stop: 61, step: 5 })).toBe(12);
  });

  it("are suggested around the default", () => {
    expect(suggested(WHOLE)).toBe("10, 15, 20, 25, 30");
    expect(suggested(RATE)).toBe("0.05, 0.075, 0.1, 0.125, 0.15");
  });

  it("are suggested beside a bound, too", () => {
    expect(suggested({ ...WHOLE, default: 2 })).toBe("2, 3, 4");
    expect(suggested({ ...RATE, default: 0, min: 0 })).toBe("0, 0.125, 0.25");
  });

  it("vary in a first grid by two parameters at most", () => {
    const third = { ...RATE, name: "third" };
    expect(suggestions([WHOLE, RATE, third])).toEqual({
      n: "10, 15, 20, 25, 30",
      stop: "0.05, 0.075, 0.1, 0.125, 0.15",
      third: "0.1",
    });
  });
});
