"use client";
/** The backtests that are loaded, each with its newest submission as soon as that is known. */
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Newest, newestQuery, useBacktests } from "./backtests";
import type { Backtest } from "./run";

export interface Entry {
  backtest: Backtest;
  /** Undefined: not known yet. */
  newest: Newest | undefined;
  error: unknown;
}

export function useEntries() {
  const backtests = useBacktests();
  const rows = useMemo(() => backtests.data?.pages.flatMap((page) => page.items) ?? [], [backtests.data]);
  const answers = useQueries({
    queries: rows.map((backtest) => newestQuery(backtest.backtest_id)),
    combine: combined,
  });
  const entries = useMemo(
    () =>
      rows.map((backtest, index): Entry => {
        const answer = answers[index];
        return { backtest, newest: answer?.data, error: answer?.error ?? null };
      }),
    [rows, answers],
  );
  return { backtests, entries };
}

const combined = <T>(answers: readonly T[]): readonly T[] => answers;
