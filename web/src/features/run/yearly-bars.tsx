"use client";
/** Returns by year, beside the benchmark's. */
import { useCallback } from "react";
import { Chart, type Option } from "@/charts/chart";
import type { Palette } from "@/charts/palette";
import { tooltipBody, tooltipBox } from "@/charts/tooltip";
import { count, signedPercent, tick } from "@/format/numbers";
import type { Period } from "@/jobs/statistics";
import { useWords } from "@/words/language";
import { WORDS } from "./chart-words";
import { hasBenchmark } from "./periods";

const HEIGHT = 240;
const WIDEST = 36;

export function YearlyBars({ yearly }: { yearly: readonly Period[] }) {
  const words = useWords(WORDS);
  const option = useCallback(
    (palette: Palette): Option => {
      const quiet = { color: palette.inkSoft, fontSize: 11 };
      const bar = { type: "bar", barMaxWidth: WIDEST, barGap: "10%" } as const;
      return {
        tooltip: {
          ...tooltipBox(palette),
          trigger: "axis",
          axisPointer: { type: "shadow" },
          formatter: (points: { dataIndex: number }[]) => {
            const year = yearly[points[0]?.dataIndex ?? 0];
            if (!year) return "";
            return tooltipBody(`${year.year} · ${words.shown(count(year.sessions))}`, [
              { name: words.strategy, value: signedPercent(year.value) },
              ...(year.benchmark === null ? [] : [{ name: words.benchmark, value: signedPercent(year.benchmark) }]),
            ]);
          },
        },
        grid: { left: 8, right: 52, top: 20, bottom: 24, outerBoundsMode: "none" },
        xAxis: {
          type: "category",
          data: yearly.map((each) => String(each.year)),
          axisTick: { show: false },
          axisLine: { lineStyle: { color: palette.lineStrong } },
          axisLabel: quiet,
        },
        yAxis: {
          type: "value",
          position: "right",
          boundaryGap: ["12%", "12%"], // room for the labels at the bars' ends
          splitLine: { lineStyle: { color: palette.line } },
          axisLabel: { ...quiet, formatter: (value: number) => `${tick(value * 100)}%` },
        },
        series: [
          {
            ...bar,
            name: words.strategy,
            data: yearly.map(({ value }) => ({
              value,
              itemStyle: { color: value < 0 ? palette.fall : palette.rise },
              label: {
                show: true,
                position: value < 0 ? "bottom" : "top",
                color: palette.ink,
                fontSize: 11,
                formatter: signedPercent(value, 1),
              },
            })),
          },
          ...(hasBenchmark(yearly)
            ? [
                {
                  ...bar,
                  name: words.benchmark,
                  data: yearly.map(({ benchmark }) => benchmark),
                  itemStyle: { color: palette.lineStrong },
                },
              ]
            : []),
        ],
      };
    },
    [yearly, words],
  );
  return (
    <>
      <Chart label={words.yearly} option={option} height={HEIGHT} />
      {hasBenchmark(yearly) && <p className="text-xs text-ink-soft">{words.barsMean}</p>}
    </>
  );
}
