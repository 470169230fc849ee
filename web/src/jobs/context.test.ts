import { describe, expect, it } from "vitest";
import { codeOf, contextOf, type Dataset, fitted, listOf, type Wish, wishFor } from "./context";
import { boundsOf, wrongIn } from "./wish-checks";
import { wishOf } from "./wish-of";

const DATASET = {
  version: "sample:v1",
  frequencies: [
    { frequency: "1d", made_from: null, first: "2018-01-02", last: "2024-12-31" },
    { frequency: "5m", made_from: null, first: "2024-01-02", last: "2024-12-31" },
  ],
} as unknown as Dataset;

describe("a context", () => {
  it("is the last five years of a dataset's days at first", () => {
    const wish = wishFor(DATASET);
    expect([wish.start, wish.end, wish.dataset]).toEqual(["2019-12-31", "2024-12-31", "sample:v1"]);
    expect(contextOf(wish)).toEqual({
      frequency: "1d",
      window: { start: "2019-12-31", end: "2024-12-31" },
      datasource_version: "sample:v1",
      initial_cash: 1_000_000,
    });
  });

  it("begins no earlier than the dataset does", () => {
    const short = { ...DATASET, frequencies: [{ ...DATASET.frequencies[0], first: "2022-06-01" }] } as Dataset;
    expect(wishFor(short).start).toBe("2022-06-01");
  });

  it("says a universe as the API takes it", () => {
    const wish = {
      ...wishFor(DATASET),
      universe: "codes" as const,
      members: "600519，000001.sz 920819",
      benchmark: "none",
    };
    expect(contextOf(wish)).toMatchObject({ universe: ["600519.SH", "000001.SZ", "920819.BJ"], benchmark: null });
    expect(contextOf({ ...wish, universe: "rank", members: "amount", top: "50" })).toMatchObject({
      universe: { rank: "amount", top: 50 },
    });
  });

  it("knows the exchange of a code by its digits", () => {
    expect(
      ["600519", "000001", "300750", "688981", "510300", "159915", "830799", "430047", "920819", "900901", "bad"].map(
        codeOf,
      ),
    ).toEqual([
      "600519.SH",
      "000001.SZ",
      "300750.SZ",
      "688981.SH",
      "510300.SH",
      "159915.SZ",
      "830799.BJ",
      "430047.BJ",
      "920819.BJ",
      "900901.SH",
      "BAD",
    ]);
  });

  it("takes codes however they are separated", () => {
    expect(listOf(" a,b，c、d\ne；f ")).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  it("says costs and execution only where somebody wrote them, in shares of one", () => {
    const wish = {
      ...wishFor(DATASET),
      commission: "0.3",
      slippage: "bps" as const,
      slippageSize: "5",
      volumeCap: "10",
    };
    expect(contextOf(wish)).toMatchObject({
      costs: { commission: 0.00003 },
      execution: { slippage: { bps: 5 }, volume_cap: 0.1 },
    });
    expect(contextOf(wishFor(DATASET))).not.toHaveProperty("costs");
  });

  it("comes back from a backtest as the form that made it, and loses nothing on the way", () => {
    const base = wishFor(DATASET);
    const made: Partial<Wish>[] = [
      {},
      { universe: "all" },
      { universe: "codes", members: "600519.SH, 000001.SZ" },
      { universe: "index", members: "000300.SH" },
      { universe: "boards", members: "main, star" },
      { universe: "rank", members: "amount", top: "50", rankEnd: "bottom" },
      { universe: "json", members: '{"any":[{"all":true},["510300.SH"]]}' },
      { commission: "2.5", stampDuty: "5", transferFee: "0.1", dividends: "cash", benchmark: "none" },
      { fill: "vwap", slippage: "impact", slippageSize: "0.1", volumeCap: "2.5", executionFrequency: "5m" },
      { others: '{"costs":{"dividend_tax":false},"execution":{"keep_rest":true}}' },
    ];
    for (const change of made) {
      const wish = { ...base, ...change };
      const context = contextOf(wish) as unknown as Record<string, unknown>;
      expect(wishOf({ benchmark: "", ...context }, DATASET, base)).toEqual(wish);
    }
    const ranked = wishOf({ universe: { rank: "amount", top: 9, lag: 3 } }, DATASET, base);
    expect(contextOf(ranked)).toMatchObject({ universe: { rank: "amount", top: 9, lag: 3 } });
  });

  it("keeps its window as far as other bars reach", () => {
    const wish = wishFor(DATASET);
    expect(fitted(wish, DATASET, "5m")).toMatchObject({ frequency: "5m", start: "2024-01-02", end: "2024-12-31" });
    expect(fitted({ ...wish, end: "2024-06-28" }, DATASET, "5m")).toMatchObject({ end: "2024-06-28" });
    expect(fitted({ ...wish, start: "2018-05-01", end: "2019-05-01" }, DATASET, "5m").end).toBe("2024-12-31");
  });

  it("is wrong where a number is none, or a list empty", () => {
    const wish = wishFor(DATASET);
    expect(wrongIn(wish)).toEqual({});
    expect(
      wrongIn({
        ...wish,
        cash: "1,000,000",
        universe: "codes",
        commission: "31",
        slippage: "bps",
        start: "2025-01-01",
      }),
    ).toEqual({ members: "empty", commission: "high", slippageSize: "empty", start: "order" });
    expect(wrongIn({ ...wish, cash: "12" })).toEqual({ cash: "low" });
    expect(wrongIn({ ...wish, cash: "1000.5" })).toEqual({ cash: "whole" });
    expect(wrongIn({ ...wish, universe: "rank", members: "amount", top: "10001" })).toEqual({ top: "high" });
    expect(boundsOf("slippageSize", { ...wish, slippage: "range" })).toEqual([0, 1]);
  });
});
