import { expect, it } from "vitest";
import type { Group } from "@/jobs/statistics";
import { extremes } from "./sources";

const group = (key: string, pnl: number) => ({ key, pnl }) as Group;

it("names what made most and what cost most, and nothing twice", () => {
  const groups = [group("a", 5), group("b", -7), group("c", 9), group("d", 0), group("e", -1)];
  const { best, worst } = extremes(groups, 2);
  expect(best.map(({ key }) => key)).toEqual(["c", "a"]);
  expect(worst.map(({ key }) => key)).toEqual(["b", "e"]);
  expect(extremes([group("a", 5)], 3).worst).toEqual([]);
});
