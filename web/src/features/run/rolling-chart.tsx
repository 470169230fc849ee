"use client";
/** Sharpe ratio, volatility and beta over the sessions behind each day: one lucky stretch, or a habit. */
import { useCallback, useMemo } from "react";
import { Chart } from "@/charts/chart";
import type { Palette } from "@/charts/palette";
import { leaveWheel } from "@/charts/wheel";
import { decimal, percent, tick } from "@/format/numbers";
import type { Statistics } from "@/jobs/statistics";
import { useWords } from "@/words/language";
import { WORDS } from "./chart-words";
import { heightOf, type Part, rollingOption } from "./rolling-option";

interface Props {
  rolling: NonNullable<Statistics["rolling"]>;
  sessions: readonly number[];
}

export function RollingChart({ rolling, sessions }: Props) {
  const words = useWords(WORDS);
  const parts = useMemo(() => {
    const all: Part[] = [
      { name: words.sharpe, values: rolling.sharpe, show: (value) => decimal(value), tick: (value) => tick(value, 2) },
      {
        name: words.volatility,
        values: rolling.volatility,
        show: (value) => percent(value, 1),
        tick: (value) => `${tick(value * 100)}%`,
      },
      { name: words.beta, values: rolling.beta, show: (value) => decimal(value), tick: (value) => tick(value, 2) },
    ];
    return all.filter((part) => part.values.some((value) => value !== null)); // no beta without a benchmark
  }, [rolling, words]);
  const option = useCallback((palette: Palette) => rollingOption(parts, sessions, palette), [parts, sessions]);
  if (parts.length === 0) return <p className="text-ink-soft">{words.rollingTooShort}</p>;
  return (
    <Chart
      label={parts.map(({ name }) => name).join(", ")}
      option={option}
      height={heightOf(parts)}
      onReady={leaveWheel}
    />
  );
}
