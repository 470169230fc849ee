import { expect, it } from "vitest";
import type { Drawdown } from "@/jobs/statistics";
import { rangeOf, worst } from "./drawdowns";

const sessions = [20240102, 20240103, 20240104, 20240105];
const fall = (depth: number, start: number, recovery: number | null): Drawdown => ({
  depth,
  start,
  trough: start,
  recovery,
  sessions: 1,
  falling: 1,
});

it("lies between peak and recovery, or the curve's ends", () => {
  expect(rangeOf(fall(-0.1, 20240103, 20240105), sessions)).toEqual({ from: 1, to: 3 });
  expect(rangeOf(fall(-0.1, 0, 20240103), sessions)).toEqual({ from: 0, to: 1 });
  expect(rangeOf(fall(-0.1, 20240104, null), sessions)).toEqual({ from: 2, to: 3 });
});

it("is chosen by depth", () => {
  const depths = worst(
    [-0.1, -0.3, -0.2].map((depth) => fall(depth, 0, null)),
    2,
  ).map((each) => each.depth);
  expect(depths).toEqual([-0.3, -0.2]);
});
