import { expect, it } from "vitest";
import { ownNames, sectionAt } from "./completion";

const LINES = `name: x
params:
  fast: {default: 5, min: 2, max: 60}
  slow: {default: 20}
let:
  trend: sma(close, slow)
portfolio:
  max_positions: 10
`.split("\n");

it("knows the section of a line", () => {
  expect([0, 2, 3, 5, 7, 8].map((line) => sectionAt(LINES, line))).toEqual([
    "name",
    "params",
    "params",
    "let",
    "portfolio",
    "portfolio",
  ]);
});

it("knows the names that the text gives, and no settings", () => {
  expect(ownNames(LINES)).toEqual(["fast", "slow", "trend"]);
});
