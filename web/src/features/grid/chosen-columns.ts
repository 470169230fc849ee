"use client";
/** Which figures the table has: chosen once, and kept in this browser. */
import { useCallback, useState } from "react";

export const FIRST_FIGURES = [
  "return",
  "annual_return",
  "excess_return",
  "sharpe",
  "max_dd",
  "calmar",
  "win_rate",
  "trades",
  "turnover",
] as const;
const KEY = "lianghu.grid.columns";

function stored(): readonly string[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (Array.isArray(read) && read.length > 0 && read.every((each) => typeof each === "string")) return read;
  } catch {
    // what cannot be read is as if nobody had chosen
  }
  return FIRST_FIGURES;
}

export function useChosenColumns(): [readonly string[], (keys: readonly string[]) => void] {
  const [keys, set] = useState(stored);
  const choose = useCallback((next: readonly string[]) => {
    set(next);
    try {
      localStorage.setItem(KEY, JSON.stringify(next));
    } catch {
      // they are kept as long as the page is open
    }
  }, []);
  return [keys, choose];
}
