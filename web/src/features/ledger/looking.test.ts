import { expect, it } from "vitest";
import type { Bar } from "./bars";
import { around, lately, newest, nextFill } from "./looking";
import type { EventRow } from "./rows";

const bars = Array.from({ length: 400 }, (_, index) => {
  const date = new Date(Date.UTC(2023, 0, 1 + index)).toISOString().slice(0, 10);
  return { date, time: `${date}T07:00:00Z` } as Bar;
});

it("looks at a trade from its first fill to its last", () => {
  expect(around(bars, "2023-02-10", "2023-03-12")).toEqual({ from: 10 - 400, to: 100 - 400 });
  expect(around(bars, "2023-02-10T07:00:00Z", "")).toEqual({ from: 10 - 400, to: 70 - 400 });
  expect(around(bars, "2022-02-10", "")).toBeNull();
});

it("looks at the last months", () => {
  expect(newest()).toEqual({ from: -120, to: 2 });
  expect(bars.at(lately(bars, 3).from)?.date).toBe("2023-11-04");
  expect(bars.at(-1)?.date).toBe("2024-02-04");
  expect(lately(bars, null).from).toBe(-400);
  expect(lately(bars, 36).from).toBe(-400);
});

it("steps from fill to fill, whether their bars are there or not", () => {
  const fill = (date: string) => ({ time: `${date}T07:00:00Z` }) as EventRow;
  const fills = [fill("2022-12-30"), fill("2023-01-03"), fill("2023-01-03"), fill("2023-01-09")];
  const step = (focus: number, forward: boolean) => nextFill(fills, bars, focus, forward)?.time.slice(0, 10);
  expect([step(-1, true), step(-1, false)]).toEqual(["2022-12-30", "2023-01-09"]);
  expect([step(2, true), step(2, false)]).toEqual(["2023-01-09", "2022-12-30"]);
  expect([step(8, true), step(8, false)]).toEqual([undefined, "2023-01-03"]);
});
