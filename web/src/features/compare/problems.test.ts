import { expect, it } from "vitest";
import { comparisonAddress, idsIn } from "@/jobs/comparison";
import { placesIn } from "./problems";

it("finds the runs that a refusal names", () => {
  expect(placesIn([{ field: "run_ids[2]" }, { field: "points" }, { field: "run_ids[10]" }])).toEqual([2, 10]);
});

it("finds ids in whatever was pasted, each once", () => {
  const one = "0cc197ab-a3df-4b8d-9177-c13421895416";
  const other = "7028dcf0-abef-4353-aff1-574f2637f077";
  expect(idsIn(`https://here/runs/?id=${one.toUpperCase()}, ${other} ${one}`)).toEqual([one, other]);
  expect(idsIn("600519.SH")).toEqual([]);
  expect([comparisonAddress([one, other]), comparisonAddress([])]).toEqual([
    `/compare/?runs=${one},${other}`,
    "/compare/",
  ]);
});
