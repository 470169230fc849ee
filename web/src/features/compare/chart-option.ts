/** The drawing of a comparison: curves from 1 above their drawdowns, each by colour, dash, symbol and letter. */
import type { Option } from "@/charts/chart";
import type { Palette } from "@/charts/palette";
import { type TooltipRow, tooltipBody, tooltipBox } from "@/charts/tooltip";
import { logBase } from "@/features/run/equity-option";
import { decimal, percent, tick } from "@/format/numbers";
import { type Aligned, type Benchmark, spanOf } from "./align";
import { marked, markOf } from "./marks";

export interface Drawn {
  aligned: Aligned;
  /** Of the runs, in their order, without their letters. */
  labels: readonly string[];
  hidden: ReadonlySet<string>;
  /** Keys of the runs in `hidden`. */
  keys: readonly string[];
  log: boolean;
  zoom: { start: number; end: number };
  /** Of a place of the axis. */
  title: (place: string) => string;
  benchmark: (benchmark: Benchmark) => string;
}

const TOP = 12;
const EQUITY = 300;
const GAP = 24;
const DRAWDOWN = 110;
const SLIDER = 56;
export const HEIGHT = TOP + EQUITY + GAP + DRAWDOWN + SLIDER;
/** The letters at the ends of curves stand to the right of the drawing. */
const SIDES = { left: 52, right: 30, outerBoundsMode: "none" } as const;

type Numbers = readonly (number | null)[];

function curves(drawn: Drawn, palette: Palette): object[] {
  const { runs } = drawn.aligned;
  const halo = { textBorderColor: palette.surface, textBorderWidth: 3 };
  return runs.flatMap((run, place) => {
    if (drawn.hidden.has(drawn.keys[place] ?? "")) return [];
    const mark = markOf(place);
    const colour = palette.series[place % palette.series.length];
    const span = spanOf(run.equity);
    const line = {
      type: "line",
      showSymbol: false,
      emphasis: { focus: "series" },
      blur: { lineStyle: { opacity: 0.35 }, endLabel: { opacity: 0.5 } },
      lineStyle: { color: colour, width: 1.6, type: mark.dash },
      itemStyle: { color: colour },
    };
    return [
      {
        ...line,
        name: mark.letter,
        data: run.equity,
        endLabel: { show: true, formatter: mark.letter, color: colour, fontWeight: "bold", distance: 4, ...halo },
        labelLayout: { moveOverlap: "shiftY" },
      },
      {
        ...line,
        name: mark.letter,
        data: run.drawdown,
        xAxisIndex: 1,
        yAxisIndex: 1,
        lineStyle: { ...line.lineStyle, width: 1 },
      },
      {
        type: "scatter",
        name: mark.letter,
        silent: true,
        symbol: mark.symbol,
        symbolSize: 7,
        itemStyle: { color: colour, borderColor: palette.surface, borderWidth: 1 },
        data: span ? marked(span, place, runs.length).map((at) => [at, run.equity[at] ?? null]) : [],
        tooltip: { show: false },
        z: 4,
      },
    ];
  });
}

function benchmarks(drawn: Drawn, palette: Palette): object[] {
  return drawn.aligned.benchmarks
    .filter(({ key }) => !drawn.hidden.has(key))
    .map((benchmark) => ({
      type: "line",
      name: drawn.benchmark(benchmark),
      data: benchmark.values,
      showSymbol: false,
      connectNulls: true,
      lineStyle: { color: palette.inkSoft, width: 1.2, type: [1, 2] },
      itemStyle: { color: palette.inkSoft },
      z: 1,
    }));
}

/** The highest first, as the curves stand above each other. */
function rowsAt(drawn: Drawn, palette: Palette, at: number): TooltipRow[] {
  const runs = drawn.aligned.runs.flatMap((run, place) => {
    const value = run.equity[at];
    if (value == null || drawn.hidden.has(drawn.keys[place] ?? "")) return [];
    const text = `${decimal(value, 4)} · ${percent(run.drawdown[at])}`;
    const name = `${markOf(place).letter} ${drawn.labels[place] ?? ""}`;
    return [{ order: value, name, value: text, colour: palette.series[place % palette.series.length] }];
  });
  const others = drawn.aligned.benchmarks.flatMap((benchmark) => {
    const value = benchmark.values[at];
    if (value == null || drawn.hidden.has(benchmark.key)) return [];
    return [{ order: value, name: drawn.benchmark(benchmark), value: decimal(value, 4), colour: palette.inkSoft }];
  });
  return [...runs, ...others].sort((one, other) => other.order - one.order);
}

export function comparisonOption(drawn: Drawn, palette: Palette): Option {
  const { axis, runs } = drawn.aligned;
  const quiet = { color: palette.inkSoft, fontSize: 11 };
  const all: Numbers = runs.flatMap((run) => run.equity);
  const zoom = { xAxisIndex: [0, 1], start: drawn.zoom.start, end: drawn.zoom.end };
  return {
    aria: { enabled: false }, // the page says it itself
    axisPointer: { link: [{ xAxisIndex: "all" }], label: { backgroundColor: palette.lineStrong } },
    tooltip: {
      ...tooltipBox(palette),
      trigger: "axis",
      formatter: (points: { dataIndex: number; seriesType: string }[]) => {
        const at = points.find((point) => point.seriesType === "line")?.dataIndex ?? 0;
        return tooltipBody(drawn.title(axis[at] ?? ""), rowsAt(drawn, palette, at));
      },
    },
    grid: [
      { ...SIDES, top: TOP, height: EQUITY },
      { ...SIDES, top: TOP + EQUITY + GAP, height: DRAWDOWN },
    ],
    xAxis: [0, 1].map((gridIndex) => ({
      type: "category",
      gridIndex,
      data: axis,
      boundaryGap: false,
      axisTick: { show: false },
      axisLine: { onZero: false, lineStyle: { color: palette.line } },
      axisLabel: { ...quiet, show: gridIndex === 1 },
      axisPointer: { label: { show: gridIndex === 1 } },
    })),
    yAxis: [0, 1].map((gridIndex) => ({
      type: gridIndex === 0 && drawn.log ? "log" : "value",
      ...(gridIndex === 0 && drawn.log ? { logBase: logBase(all.filter((value) => value !== null)) } : {}),
      ...(gridIndex === 1 ? { max: 0 } : {}),
      gridIndex,
      scale: true,
      splitNumber: gridIndex === 0 ? 5 : 2,
      splitLine: { lineStyle: { color: palette.line } },
      axisPointer: { show: false },
      axisLabel: {
        ...quiet,
        formatter: (value: number) =>
          gridIndex === 1 ? `${tick(value * 100)}%` : drawn.log ? decimal(value) : tick(value, 2),
      },
    })),
    dataZoom: [
      { type: "inside", ...zoom, zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, preventDefaultMouseMove: false },
      {
        type: "slider",
        ...zoom,
        bottom: 4,
        height: 20,
        borderColor: palette.line,
        fillerColor: `${palette.accent}22`,
        dataBackground: { lineStyle: { color: palette.lineStrong }, areaStyle: { color: palette.line } },
        textStyle: quiet,
        brushSelect: true,
      },
    ],
    series: [...benchmarks(drawn, palette), ...curves(drawn, palette)],
  };
}
