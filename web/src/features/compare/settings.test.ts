import { expect, it } from "vitest";
import { labelsOf, settingsOf } from "./settings";

const run = (strategy_name: string, params: Record<string, number>, context: object) =>
  ({ strategy_name, params, context }) as never;
const window = { start: "2020-01-02", end: "2021-12-31" };
const runs = [
  run("averages", { fast: 5, slow: 20 }, { window, initial_cash: 1_000_000, costs: { dividends: "cash" } }),
  run("averages", { fast: 10, slow: 20 }, { window, initial_cash: 1_000_000, costs: { dividends: "reinvest" } }),
  run("turtle", { enter: 55 }, { window, initial_cash: 1_000_000 }),
];

it("tells what differs, also what only some have", () => {
  const rows = settingsOf(runs, "zh");
  expect(rows.filter((row) => row.differs).map((row) => [row.key, ...row.values])).toEqual([
    ["strategy", "averages", "averages", "turtle"],
    ["parameters", "fast = 5, slow = 20", "fast = 10, slow = 20", "enter = 55"],
    ["costs.dividends", "cash", "reinvest", "–"],
  ]);
  expect(rows.find((row) => row.key === "initial_cash")).toMatchObject({ differs: false, kind: "named" });
});

it("has a row for each parameter that all of them have", () => {
  const rows = settingsOf(runs.slice(0, 2), "zh").filter((row) => row.kind === "parameter");
  expect(rows.map((row) => [row.key, row.differs])).toEqual([
    ["fast", true],
    ["slow", false],
  ]);
});

it("names a run by what sets it apart from others of its strategy", () => {
  expect(labelsOf(runs)).toEqual(["averages (fast 5)", "averages (fast 10)", "turtle"]);
});

it("tells runs of the same parameters apart by their windows, and at last by their ids", () => {
  const same = { fast: 5 };
  const later = { start: "2022-01-04", end: "2024-12-31" };
  const those = [
    { ...(run("averages", same, { window }) as object), run_id: "0cc197ab-a3df" },
    { ...(run("averages", same, { window: later }) as object), run_id: "7028dcf0-abef" },
    { ...(run("averages", same, { window: later }) as object), run_id: "97a54fb1-80a0" },
  ] as never;
  expect(labelsOf(those)).toEqual([
    "averages (2020-01-02 – 2021-12-31)",
    "averages (2022-01-04 – 2024-12-31, 7028dcf0)",
    "averages (2022-01-04 – 2024-12-31, 97a54fb1)",
  ]);
});
