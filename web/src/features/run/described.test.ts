import { describe, expect, it } from "vitest";
import { plain, settings, universe } from "./described";

describe("settings in words", () => {
  it("are flat, and say nothing of what was not set", () => {
    const context = {
      costs: { dividends: "cash", commission: 0.0003 },
      benchmark: null,
      execution: null,
      window: { start: "2020-01-02", end: "2021-12-31" },
    };
    expect(settings(context)).toEqual([
      { path: "window", value: context.window },
      { path: "benchmark", value: null },
      { path: "costs.dividends", value: "cash" },
      { path: "costs.commission", value: 0.0003 },
    ]);
  });

  it("tell a universe", () => {
    expect(universe({ all: true }, "zh")).toBe("全部股票");
    expect(universe(["600519.SH", "000001.SZ"], "zh")).toBe("600519.SH、000001.SZ");
    expect(universe({ index: "000300.SH" }, "zh")).toBe("000300.SH 的成份股");
    expect(universe({ rank: "amount", top: 300, lag: 1, within: { boards: ["main", "star"] } }, "zh")).toBe(
      "主板、科创板中，1 个交易日前 amount 最高的 300 只",
    );
    expect(universe({ rank: "total_mv", bottom: 50 }, "en")).toBe("the 50 lowest by total_mv (lag 1)");
    expect(universe({ any: [{ boards: ["star"] }, { industry: ["银行"] }] }, "en")).toBe("STAR, or industries: 银行");
    expect(
      universe(
        Array.from({ length: 31 }, (_, at) => `c${at}`),
        "en",
      ),
    ).toContain("… (31)");
  });

  it("tell what is on, off and none", () => {
    expect([true, false, null, 5].map((each) => plain(each, "zh"))).toEqual(["是", "否", "无", "5"]);
    expect(plain([{ code: "600001.SH", reason: "delisted" }], "en")).toBe("600001.SH delisted");
  });
});
