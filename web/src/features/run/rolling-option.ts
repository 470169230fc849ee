/** The drawing of rolling figures: one part for each, on one axis of time. */
import type { Option } from "@/charts/chart";
import type { Palette } from "@/charts/palette";
import { tooltipBody, tooltipBox } from "@/charts/tooltip";
import { day } from "@/format/metrics";
import type { Value } from "@/format/numbers";

export interface Part {
  name: string;
  values: readonly Value[];
  show: (value: Value) => string;
  tick: (value: number) => string;
}

const PART = 84;
const TITLE = 26;
const FOOT = 54;

export const heightOf = (parts: readonly Part[]): number => parts.length * (TITLE + PART) + FOOT;

export function rollingOption(parts: readonly Part[], sessions: readonly number[], palette: Palette): Option {
  const days = sessions.map(day);
  const last = parts.length - 1;
  const quiet = { color: palette.inkSoft, fontSize: 11 };
  const all = parts.map((_, index) => index);
  return {
    aria: { enabled: false }, // the page says it itself
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    tooltip: {
      ...tooltipBox(palette),
      trigger: "axis",
      formatter: (points: { dataIndex: number }[]) => {
        const place = points[0]?.dataIndex ?? 0;
        return tooltipBody(
          days[place] ?? "",
          parts.map(({ name, values, show }, index) => ({
            name,
            value: show(values[place]),
            colour: palette.series[index],
          })),
        );
      },
    },
    grid: parts.map((_, index) => ({
      left: 8,
      right: 58,
      outerBoundsMode: "none",
      top: index * (TITLE + PART) + TITLE,
      height: PART,
    })),
    xAxis: parts.map((_, index) => ({
      type: "category",
      gridIndex: index,
      data: days,
      boundaryGap: false,
      axisTick: { show: false },
      axisLine: { onZero: false, lineStyle: { color: palette.line } },
      axisLabel: { ...quiet, show: index === last, alignMinLabel: "left", alignMaxLabel: "right" },
    })),
    yAxis: parts.map(({ name, tick }, index) => ({
      type: "value",
      gridIndex: index,
      scale: true,
      position: "right",
      splitNumber: 2,
      name,
      nameLocation: "end",
      nameGap: 8,
      nameTextStyle: { ...quiet, align: "right" },
      splitLine: { lineStyle: { color: palette.line } },
      axisPointer: { show: false },
      axisLabel: { ...quiet, formatter: tick },
    })),
    dataZoom: [
      { type: "inside", xAxisIndex: all, zoomOnMouseWheel: "ctrl", preventDefaultMouseMove: false },
      {
        type: "slider",
        xAxisIndex: all,
        bottom: 4,
        height: 20,
        borderColor: palette.line,
        fillerColor: `${palette.accent}22`,
        dataBackground: { lineStyle: { color: palette.lineStrong }, areaStyle: { color: palette.line } },
        textStyle: quiet,
      },
    ],
    series: parts.map(({ name, values }, index) => ({
      type: "line",
      name,
      data: values,
      xAxisIndex: index,
      yAxisIndex: index,
      showSymbol: false,
      sampling: "lttb",
      lineStyle: { color: palette.series[index], width: 1.3 },
      itemStyle: { color: palette.series[index] },
    })),
  };
}
