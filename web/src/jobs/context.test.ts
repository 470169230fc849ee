import { describe, expect, it } from "vitest";
import { codeOf, contextOf, type Dataset, listOf, wishFor } from "./context";

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
});
