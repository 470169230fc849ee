"use client";
/** Equity beside its benchmark, both from 1, above the drawdown on the same axis of time. */
import { useCallback, useState } from "react";
import { Chart, type Option } from "@/charts/chart";
import type { Palette } from "@/charts/palette";
import { day } from "@/format/metrics";
import type { Curve } from "@/jobs/statistics";
import { Choice } from "@/ui/choice";
import { useWords } from "@/words/language";
import { WORDS } from "./chart-words";

type Scale = "linear" | "log";

export function EquityChart({ curve, initial }: { curve: Curve; initial: number }) {
  const words = useWords(WORDS);
  const [scale, setScale] = useState<Scale>("linear");
  const option = useCallback(
    (palette: Palette): Option => equityOption(curve, initial, scale, words, palette),
    [curve, initial, scale, words],
  );
  return (
    <>
      <div className="mb-2 flex justify-end">
        <Choice
          label={words.scale}
          value={scale}
          onChange={setScale}
          options={[
            { value: "linear", label: words.linear },
            { value: "log", label: words.log },
          ]}
        />
      </div>
      <Chart label={`${words.equity}, ${words.underwater}`} option={option} height={440} />
    </>
  );
}

export function equityOption(
  curve: Curve,
  initial: number,
  scale: Scale,
  words: { strategy: string; benchmark: string; underwater: string },
  palette: Palette,
): Option {
  const days = curve.sessions.map(day);
  const first = curve.benchmark?.find((value) => value !== null) ?? null;
  const line = { type: "line", showSymbol: false, sampling: "lttb" } as const;
  const axis = { axisLine: { lineStyle: { color: palette.line } }, axisLabel: { color: palette.inkSoft } };
  const percent = (value: number) => `${(value * 100).toFixed(1)}%`;
  return {
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    tooltip: {
      trigger: "axis",
      backgroundColor: palette.raised,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontSize: 12 },
    },
    legend: { top: 0, left: 0, textStyle: { color: palette.inkSoft } },
    grid: [
      { left: 8, right: 56, top: 32, height: 240, outerBoundsMode: "none" },
      { left: 8, right: 56, top: 300, height: 80, outerBoundsMode: "none" },
    ],
    xAxis: [0, 1].map((gridIndex) => ({
      type: "category",
      gridIndex,
      data: days,
      boundaryGap: false,
      ...axis,
      axisLabel: { ...axis.axisLabel, show: gridIndex === 1 },
    })),
    yAxis: [
      {
        type: scale === "log" ? "log" : "value",
        scale: true,
        position: "right",
        ...axis,
        splitLine: { lineStyle: { color: palette.line } },
        axisLabel: { ...axis.axisLabel, formatter: (value: number) => value.toFixed(2) },
      },
      {
        type: "value",
        gridIndex: 1,
        max: 0,
        position: "right",
        ...axis,
        splitLine: { show: false },
        axisLabel: { ...axis.axisLabel, formatter: percent },
      },
    ],
    dataZoom: [
      { type: "inside", xAxisIndex: [0, 1] },
      {
        type: "slider",
        xAxisIndex: [0, 1],
        bottom: 4,
        height: 22,
        borderColor: palette.line,
        textStyle: { color: palette.inkSoft },
      },
    ],
    series: [
      {
        ...line,
        name: words.strategy,
        data: curve.equity.map((value) => value / initial),
        lineStyle: { color: palette.accent, width: 1.6 },
        itemStyle: { color: palette.accent },
      },
      ...(curve.benchmark && first
        ? [
            {
              ...line,
              name: `${words.benchmark} ${curve.benchmark_code ?? ""}`,
              data: curve.benchmark.map((value) => (value === null ? null : value / first)),
              lineStyle: { color: palette.inkSoft, width: 1.2 },
              itemStyle: { color: palette.inkSoft },
            },
          ]
        : []),
      {
        ...line,
        name: words.underwater,
        xAxisIndex: 1,
        yAxisIndex: 1,
        data: curve.drawdown,
        lineStyle: { color: palette.fall, width: 1 },
        itemStyle: { color: palette.fall },
        areaStyle: { color: palette.fall, opacity: 0.18 },
        tooltip: { valueFormatter: percent },
      },
    ],
  };
}
