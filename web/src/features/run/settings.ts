/** What a backtest's context says, read once for all parts of the page. */
import type { Backtest } from "@/jobs/run";

export interface Settings {
  window: { start: string; end: string } | null;
  frequency: string | null;
  dataset: string | null;
  /** Whole yuan. */
  cash: number;
  benchmark: string | null;
}

const CASH = 1_000_000;
/** The API's, where a context says nothing. */

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);

export function settingsOf(backtest: Backtest): Settings {
  const { window, frequency, datasource_version, initial_cash, benchmark } = backtest.context;
  return {
    window: (window as Settings["window"]) ?? null,
    frequency: text(frequency),
    dataset: text(datasource_version),
    cash: typeof initial_cash === "number" ? initial_cash : CASH,
    benchmark: text(benchmark),
  };
}
