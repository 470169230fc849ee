import { expect, it } from "vitest";
import { measured, strength } from "./periods";

const month = { year: 2024, month: 2, value: 0.1, benchmark: -0.12, sessions: 15 };

it("is of the strategy, its benchmark, or the one over the other", () => {
  expect(measured(month, "own")).toBe(0.1);
  expect(measured(month, "benchmark")).toBe(-0.12);
  expect(measured(month, "excess")).toBeCloseTo(0.25);
  expect(measured({ ...month, benchmark: null }, "excess")).toBeNull();
});

it("is shaded by its size, up to a bound", () => {
  expect([null, 0, 0.075, -0.15, 2].map(strength)).toEqual([0, 0, 23, 45, 45]);
});
