import { expect, it } from "vitest";
import { changed } from "./address";
import { findCode } from "./codes";

const KNOWN = new Map([
  ["600519.SH", "贵州茅台"],
  ["000519.SZ", "中兵红箭"],
  ["600518.SH", "康美药业"],
]);

it("finds a stock by its code, a part of it, or its name", () => {
  const found = (typed: string) => findCode(typed, KNOWN).code;
  expect(["600519.sh", " 600519 ", "贵州茅台", "茅台", "000519"].map(found)).toEqual([
    "600519.SH",
    "600519.SH",
    "600519.SH",
    "600519.SH",
    "000519.SZ",
  ]);
  expect(found("519")).toBeNull();
  expect(found("没有")).toBeNull();
  expect(found("")).toBeNull();
  expect(found("688981.SH")).toBe("688981.SH");
});

it("offers what begins so before what has it somewhere", () => {
  expect(findCode("6005", KNOWN).candidates.map(([code]) => code)).toEqual(["600519.SH", "600518.SH"]);
  expect(findCode("0519", KNOWN).candidates.map(([code]) => code)).toEqual(["600519.SH", "000519.SZ"]);
});

it("changes what it is told of an address, and nothing else", () => {
  expect(changed("id=1&tab=trades&code=600519.SH", { code: null, from: "2020-01-02" })).toBe(
    "?id=1&tab=trades&from=2020-01-02",
  );
  expect(changed("?id=1", { tab: "chart", at: "" })).toBe("?id=1&tab=chart");
});
