import { describe, expect, it } from "vitest";
import { direction, duration, large, moment, percent, signed, signedPercent, tick } from "./numbers";

describe("numbers", () => {
  it("has a sign wherever a direction is meant, and none on nothing", () => {
    expect([0.1234, -0.05, 0, -0.00001, null, Number.NaN].map((each) => signedPercent(each))).toEqual([
      "+12.34%",
      "−5.00%",
      "0.00%",
      "0.00%",
      "–",
      "–",
    ]);
    expect(signed(0.001)).toBe("0.00");
    expect(percent(-1)).toBe("−100.00%");
  });

  it("counts in 亿 and 万, or in millions", () => {
    expect(large(123_456_789, "zh")).toBe("1.23 亿");
    expect(large(-45_670_000, "zh")).toBe("−4,567.00 万");
    expect(large(9_999, "zh", 0)).toBe("9,999");
    expect(large(123_456_789, "en")).toBe("123.46M");
  });

  it("tells what rounds up to the next unit in that one", () => {
    expect([9_999.99, 9_999.996, 99_999_900, 99_999_999].map((each) => large(each, "zh"))).toEqual([
      "9,999.99",
      "1.00 万",
      "9,999.99 万",
      "1.00 亿",
    ]);
    expect([999_990, -999_999, 999_999_999].map((each) => large(each, "en"))).toEqual(["999.99K", "−1.00M", "1.00B"]);
  });

  it("writes ticks of an axis so that no two read alike", () => {
    expect([0.985, 0.99, 1, 1.4].map((each) => tick(each, 2))).toEqual(["0.985", "0.99", "1.00", "1.40"]);
    expect([-0.6, -0, 100 * 0.3, 100 * 0.07].map((each) => tick(each))).toEqual(["−0.6", "0", "30", "7"]);
  });

  it("tells instants in the time of the market", () => {
    expect(moment("2026-11-21T16:30:00Z", "zh")).toBe("2026/11/22 00:30");
    expect(moment(null, "zh")).toBe("–");
  });

  it("tells how long something takes", () => {
    expect([0.2, 42, 600, 9000].map((each) => duration(each, "zh"))).toEqual([
      "不到 1 秒",
      "42 秒",
      "10 分钟",
      "2.5 小时",
    ]);
  });

  it("knows a direction", () => {
    expect([1, -1, 0, null].map(direction)).toEqual(["rise", "fall", "flat", "flat"]);
  });
});
