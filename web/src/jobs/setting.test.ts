import { expect, it } from "vitest";
import { frequencySaid, universeSaid } from "./setting";

it("tells a universe in words, however it was named", () => {
  const told: [unknown, string][] = [
    [undefined, "策略自定"],
    [["600519.SH", "000001.SZ"], "600519.SH 000001.SZ"],
    [["1", "2", "3", "4"], "4 只指定股票"],
    [{ codes: 12 }, "12 只指定股票"],
    [{ all: true }, "全部股票"],
    [{ index: "000300.SH" }, "000300.SH 成分股"],
    [{ boards: ["main", "star"] }, "板块：主板 科创板"],
    [{ rank: "amount", top: 300, lag: 1 }, "amount 排名前 300"],
    [{ any: [{ index: "000300.SH" }, { industry: ["银行"] }] }, "000300.SH 成分股 或 行业：银行"],
    [{ from: { all: true }, where: "close > 1" }, "自定义规则"],
  ];
  for (const [universe, text] of told) expect(universeSaid(universe, "zh")).toBe(text);
});

it("tells bars in words, and what it does not know as it is", () => {
  expect(["1d", "15m", "1mo", "2h", undefined].map((each) => frequencySaid(each, "zh"))).toEqual([
    "日线",
    "15 分钟线",
    "月线",
    "2h",
    "日线",
  ]);
});
