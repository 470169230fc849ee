import { expect, it } from "vitest";
import { marked, markOf } from "./marks";

it("gives ten curves ten looks even without colour", () => {
  const looks = Array.from({ length: 10 }, (_, place) => markOf(place)).map(({ dash, symbol }) => `${dash}|${symbol}`);
  expect(new Set(looks).size).toBe(10);
  expect([markOf(0).letter, markOf(9).letter]).toEqual(["A", "J"]);
});

it("bears symbols within the span only, elsewhere for each curve", () => {
  const first = marked([100, 300], 0, 4);
  const second = marked([100, 300], 1, 4);
  expect(Math.min(...first)).toBeGreaterThanOrEqual(100);
  expect(Math.max(...second)).toBeLessThanOrEqual(300);
  expect(first.some((each) => second.includes(each))).toBe(false);
  expect(marked([5, 6], 0, 1).length).toBeLessThanOrEqual(2);
});
