/** The drawing of a run's equity: beside its benchmark from 1, above excess and drawdown on the same axis of time. */
import type { Option } from "@/charts/chart";
import type { Palette } from "@/charts/palette";
import { tooltipBody, tooltipBox } from "@/charts/tooltip";
import { day } from "@/format/metrics";
import { decimal, percent, signedPercent, tick } from "@/format/numbers";
import type { Curve } from "@/jobs/statistics";
import type { Range } from "./ranges";

export type Scale = "linear" | "log";

export interface Names {
  strategy: string;
  benchmark: string;
  excess: string;
  underwater: string;
}

const TOP = 34;
const EQUITY = 230;
const PART = 72;
const GAP = 22;
const SLIDER = 52;
const SIDES = { left: 8, right: 58, outerBoundsMode: "none" } as const;
/** The underwater part of a run that never fell is so deep. */
const FLAT = 0.01;
/** So many points are drawn by the shape of the curve, not each. */
const THIN = { sampling: "lttb" } as const;

const parts = (curve: Curve): number => (curve.excess ? 2 : 1);

export const heightOf = (curve: Curve): number => TOP + EQUITY + parts(curve) * (PART + GAP) + SLIDER;

/** Ticks of a logarithmic axis stand at powers: of what, follows from how far the curve goes. */
export function logBase(values: readonly number[]): number {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    if (value > 0) low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const ratio = high / low;
  return ratio > 30 ? 10 : ratio > 4 ? 2 : ratio > 1.6 ? 1.25 : 1.1;
}

export function equityOption(
  curve: Curve,
  initial: number,
  scale: Scale,
  range: Range,
  shaded: readonly Range[],
  names: Names,
  palette: Palette,
): Option {
  const days = curve.sessions.map(day);
  const count = 1 + parts(curve);
  const last = count - 1;
  const fell = curve.drawdown.some((value) => value !== null && value < 0);
  const equity = curve.equity.map((value) => value / initial);
  const benchmark = curve.benchmark?.map((value) => (value === null ? null : value / initial)) ?? null;
  const quiet = { color: palette.inkSoft, fontSize: 11 };
  const line = { type: "line", showSymbol: false, ...THIN } as const;
  const lined = (colour: string, width: number) => ({
    lineStyle: { color: colour, width },
    itemStyle: { color: colour },
  });
  const at = (index: number) => ({ xAxisIndex: index, yAxisIndex: index });
  const areas = {
    silent: true,
    itemStyle: { color: palette.fall, opacity: 0.07 },
    label: { color: palette.inkSoft, fontSize: 10, position: "insideTop" },
    data: shaded.map(({ from, to }, index) => [{ name: String(index + 1), xAxis: from }, { xAxis: to }]),
  };
  const zoomed = {
    xAxisIndex: Array.from({ length: count }, (_, index) => index),
    startValue: range.from,
    endValue: range.to,
  };
  return {
    aria: { enabled: false }, // the page says it itself
    axisPointer: { link: [{ xAxisIndex: "all" }], label: { backgroundColor: palette.lineStrong } },
    tooltip: {
      ...tooltipBox(palette),
      trigger: "axis",
      formatter: (points: { dataIndex: number }[]) => {
        const place = points[0]?.dataIndex ?? 0;
        const held = (value: number | null | undefined) =>
          value == null ? "–" : `${decimal(value, 4)} (${signedPercent(value - 1)})`;
        return tooltipBody(days[place] ?? "", [
          { name: names.strategy, value: held(equity[place]), colour: palette.accent },
          ...(benchmark ? [{ name: names.benchmark, value: held(benchmark[place]), colour: palette.inkSoft }] : []),
          ...(curve.excess
            ? [{ name: names.excess, value: signedPercent(curve.excess[place]), colour: palette.doubt }]
            : []),
          { name: names.underwater, value: percent(curve.drawdown[place]), colour: palette.fall },
        ]);
      },
    },
    legend: { top: 0, left: 0, textStyle: { color: palette.inkSoft }, icon: "roundRect", itemWidth: 14, itemHeight: 3 },
    grid: Array.from({ length: count }, (_, index) => ({
      ...SIDES,
      top: index === 0 ? TOP : TOP + EQUITY + GAP + (index - 1) * (PART + GAP),
      height: index === 0 ? EQUITY : PART,
    })),
    xAxis: Array.from({ length: count }, (_, index) => ({
      type: "category",
      gridIndex: index,
      data: days,
      boundaryGap: false,
      axisTick: { show: false },
      axisLine: { onZero: false, lineStyle: { color: palette.line } },
      axisLabel: { ...quiet, show: index === last, alignMinLabel: "left", alignMaxLabel: "right" },
      axisPointer: { label: { show: index === last } },
    })),
    yAxis: Array.from({ length: count }, (_, index) => ({
      type: index === 0 && scale === "log" ? "log" : "value",
      ...(index === 0 && scale === "log" ? { logBase: logBase(equity) } : {}),
      ...(index === last ? { max: 0, ...(fell ? {} : { min: -FLAT }) } : {}),
      gridIndex: index,
      scale: true,
      position: "right",
      splitNumber: index === 0 ? 5 : 2,
      splitLine: { show: index === 0, lineStyle: { color: palette.line } },
      axisPointer: { show: false },
      axisLabel: {
        ...quiet,
        formatter: (value: number) =>
          index > 0 ? `${tick(value * 100)}%` : scale === "log" ? decimal(value) : tick(value, 2),
      },
    })),
    dataZoom: [
      // The wheel and a finger go on scrolling the page; with Ctrl, or two fingers, they zoom.
      { type: "inside", ...zoomed, zoomOnMouseWheel: "ctrl", preventDefaultMouseMove: false },
      {
        type: "slider",
        ...zoomed,
        bottom: 4,
        height: 20,
        borderColor: palette.line,
        fillerColor: `${palette.accent}22`,
        dataBackground: { lineStyle: { color: palette.lineStrong }, areaStyle: { color: palette.line } },
        textStyle: quiet,
        brushSelect: true,
      },
    ],
    series: [
      { ...line, ...at(0), name: names.strategy, data: equity, z: 3, ...lined(palette.accent, 1.6), markArea: areas },
      ...(benchmark
        ? [{ ...line, ...at(0), name: names.benchmark, data: benchmark, ...lined(palette.inkSoft, 1.2) }]
        : []),
      ...(curve.excess
        ? [
            {
              ...line,
              ...at(1),
              name: names.excess,
              data: curve.excess,
              ...lined(palette.doubt, 1),
              areaStyle: { color: palette.doubt, opacity: 0.14 },
            },
          ]
        : []),
      {
        ...line,
        ...at(last),
        name: names.underwater,
        data: curve.drawdown,
        ...lined(palette.fall, 1),
        areaStyle: { color: palette.fall, opacity: 0.18 },
        markArea: { ...areas, label: { show: false } },
      },
    ],
  };
}
