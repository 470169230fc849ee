/** Candlesticks with their volume: a rising one is hollow, a falling one full, so that it is not the colour alone that tells. */
import type { Option } from "@/charts/chart";
import type { Palette } from "@/charts/palette";
import { tooltipBody, tooltipBox } from "@/charts/tooltip";
import { decimal, large, signedPercent } from "@/format/numbers";
import type { Language } from "@/words/language";
import { type Bar, type Frequency, labelOf } from "./bars";
import { INSTRUMENT } from "./instrument-words";

const AT_FIRST = 160;

export function candles(bars: readonly Bar[], frequency: Frequency, language: Language, palette: Palette): Option {
  const words = INSTRUMENT[language];
  const labels = bars.map((bar) => labelOf(bar, frequency));
  const axis = {
    axisLine: { lineStyle: { color: palette.lineStrong } },
    axisLabel: { color: palette.inkSoft, fontSize: 11 },
  };
  const rising = (bar: Bar) => bar.close >= bar.open;
  return {
    grid: [
      { left: 8, right: 56, top: 12, bottom: 120, containLabel: false },
      { left: 8, right: 56, height: 56, bottom: 56, containLabel: false },
    ],
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    tooltip: {
      ...tooltipBox(palette),
      trigger: "axis",
      axisPointer: { type: "cross", label: { show: false } },
      formatter: (shown: { dataIndex: number }[]) => {
        const bar = bars[shown[0]?.dataIndex ?? -1];
        if (!bar) return "";
        return tooltipBody(labelOf(bar, frequency), [
          { name: words.open, value: decimal(bar.open) },
          { name: words.high, value: decimal(bar.high) },
          { name: words.low, value: decimal(bar.low) },
          { name: words.close, value: decimal(bar.close) },
          { name: words.change, value: signedPercent(bar.change) },
          { name: words.volume, value: `${large(bar.volume, language)} ${words.shares}` },
          { name: words.amount, value: large(bar.amount, language) },
        ]);
      },
    },
    dataZoom: [
      {
        type: "inside",
        xAxisIndex: [0, 1],
        startValue: Math.max(0, bars.length - AT_FIRST),
        endValue: bars.length - 1,
      },
      {
        type: "slider",
        xAxisIndex: [0, 1],
        height: 22,
        bottom: 8,
        borderColor: palette.line,
        textStyle: { color: palette.inkSoft },
      },
    ],
    xAxis: [
      { type: "category", data: labels, ...axis, axisLabel: { show: false }, axisTick: { show: false } },
      { type: "category", data: labels, gridIndex: 1, ...axis },
    ],
    yAxis: [
      { scale: true, position: "right", ...axis, splitLine: { lineStyle: { color: palette.line } } },
      {
        gridIndex: 1,
        position: "right",
        axisLabel: { show: false },
        axisTick: { show: false },
        splitLine: { show: false },
      },
    ],
    series: [
      {
        type: "candlestick",
        data: bars.map((bar) => [bar.open, bar.close, bar.low, bar.high]),
        itemStyle: {
          color: palette.surface,
          borderColor: palette.rise,
          color0: palette.fall,
          borderColor0: palette.fall,
        },
      },
      {
        type: "bar",
        xAxisIndex: 1,
        yAxisIndex: 1,
        data: bars.map((bar) => ({
          value: bar.volume,
          itemStyle: { color: rising(bar) ? palette.rise : palette.fall, opacity: 0.6 },
        })),
      },
    ],
  };
}
