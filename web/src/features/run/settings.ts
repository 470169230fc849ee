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

/** The API's, where a context says nothing. */
const CASH = 1_000_000;

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

/** Orders and weights from outside have no text that could be edited, and no signals on prices. */
export const hasText = ({ strategy }: Backtest): boolean => strategy.kind === "rules";
