import { expect, it } from "vitest";
import type { Metric } from "@/api/metrics";
import { GROUPS, grouped } from "./figures";

const metric = (key: string) => ({ key }) as Metric;

it("loses no figure, and shows none twice", () => {
  const keys = [...Object.values(GROUPS).flat(), "one_that_is_new"];
  const shown = grouped(new Map(keys.map((key) => [key, metric(key)])));
  expect(shown.flatMap(([, each]) => each.map(({ key }) => key)).sort()).toEqual([...keys].sort());
  expect(shown.at(-1)).toEqual(["other", [metric("one_that_is_new")]]);
  expect(new Set(keys).size).toBe(keys.length);
});
