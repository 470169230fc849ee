import { expect, it } from "vitest";
import { hiddenOf } from "./hidden";

const of = (key: string, values: (number | null)[]) => ({ key, code: "000300.SH", of: [], values });
const benchmarks = [of("short", [null, 1, 1]), of("long", [1, 1, 1]), of("other", [1, 1, 1])];

it("shows one benchmark until somebody asks for others, and hides what was asked to be hidden", () => {
  expect([...hiddenOf(new Map(), benchmarks)]).toEqual(["short", "other"]);
  const asked = new Map([
    ["short", true],
    ["long", false],
    ["a run", false],
  ]);
  expect([...hiddenOf(asked, benchmarks)]).toEqual(["other", "long", "a run"]);
  expect([...hiddenOf(new Map(), [])]).toEqual([]);
});
