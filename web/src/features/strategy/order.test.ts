import { expect, it } from "vitest";
import type { Parameter } from "@/jobs/values";
import { NO_LIMITS } from "./desk";
import { gridOf, limitsOf, singleOf, textsFor } from "./order";

const FAST: Parameter = { name: "fast", default: 5, min: 2, max: 60, whole: true };
const SLOW: Parameter = { name: "slow", default: 20, min: 5, max: 250, whole: true };

it("keeps what was typed and suggests the rest", () => {
  expect(textsFor([FAST, SLOW], { fast: "7", gone: "1" }, false)).toEqual({ fast: "7", slow: "20" });
  expect(textsFor([FAST, SLOW], { fast: "7" }, true)).toEqual({ fast: "7", slow: "10, 15, 20, 25, 30" });
});

it("is no order while a value is wrong", () => {
  expect(singleOf([FAST], { fast: "1" }, false)).toBeNull();
  expect(gridOf([FAST, SLOW], { fast: "5, 10", slow: "10..30 step 10" }, {})).toMatchObject({ combinations: 6 });
  expect(gridOf([FAST], { fast: "5, x" }, {})).toBeNull();
});

it("reads limits, each only where it is written", () => {
  expect(limitsOf(NO_LIMITS, false)).toEqual({ options: {}, wrong: {} });
  const texts = { maxEvals: "100", budgetSeconds: "60", stopMetric: "sharpe", stopPatience: "50" };
  expect(limitsOf(texts, true).options).toEqual({
    reuse: false,
    max_evals: 100,
    budget_ms: 60_000,
    early_stop: { metric: "sharpe", mode: "max", patience: 50 },
  });
  expect(limitsOf({ ...texts, maxEvals: "0", stopPatience: "1.5" }, false).wrong).toEqual({
    maxEvals: "low",
    stopPatience: "whole",
  });
});
