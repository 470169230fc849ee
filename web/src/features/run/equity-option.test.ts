import { describe, expect, it } from "vitest";
import type { Palette } from "@/charts/palette";
import type { Curve } from "@/jobs/statistics";
import { equityOption, heightOf, logBase } from "./equity-option";

const curve: Curve = {
  sessions: [20240102, 20240103],
  equity: [1_010_000, 990_000],
  benchmark_code: "000300.SH",
  benchmark: [1_020_000, null],
  excess: [-0.0098, null],
  drawdown: [0, -0.0198],
};
const names = { strategy: "s", benchmark: "b", excess: "e", underwater: "u" };
const palette = { accent: "#000000", series: [] as readonly string[] } as Palette;

interface Drawn {
  series: { name: string; data: unknown[]; markArea?: { data: { xAxis: number }[][] } }[];
  yAxis: { type: string }[];
}

const drawn = (of: Curve, scale: "linear" | "log" = "linear") =>
  equityOption(of, 1_000_000, scale, { from: 0, to: 1 }, [{ from: 0, to: 1 }], names, palette) as unknown as Drawn;

describe("the drawing of equity", () => {
  it("begins strategy and benchmark with the same money, before the first session", () => {
    const { series } = drawn(curve);
    expect(series.map(({ name }) => name)).toEqual(["s", "b", "e", "u"]);
    expect(series[0]?.data).toEqual([1.01, 0.99]);
    expect(series[1]?.data).toEqual([1.02, null]);
    expect(series[0]?.markArea?.data[0]?.map(({ xAxis }) => xAxis)).toEqual([0, 1]);
  });

  it("has no empty parts without a benchmark", () => {
    const alone = { ...curve, benchmark: null, excess: null, benchmark_code: null };
    expect(drawn(alone).series.map(({ name }) => name)).toEqual(["s", "u"]);
    expect(heightOf(alone)).toBeLessThan(heightOf(curve));
  });

  it("is logarithmic where that was asked for, with ticks that fit", () => {
    expect(drawn(curve, "log").yAxis.map(({ type }) => type)).toEqual(["log", "value", "value"]);
    expect(
      [
        [0.9, 1.3],
        [1, 3],
        [1, 20],
        [0.1, 90],
      ].map(logBase),
    ).toEqual([1.1, 1.25, 2, 10]);
  });
});
