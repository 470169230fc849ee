/** Figures of runs by the units that the API names (GET /api/metrics). */
import type { Language } from "@/words/language";
import { count, decimal, large, percent, signed, signedPercent, type Value } from "./numbers";

/** Whose sign is a gain or a loss; of the others (a drawdown, a cost) it is no direction. */
const GAINS = new Set([
  "pnl",
  "return",
  "annual_return",
  "benchmark_return",
  "excess_return",
  "alpha",
  "best_session",
  "worst_session",
  "expectancy",
]);

export const isGain = (key: string): boolean => GAINS.has(key);

export function figure(key: string, unit: string, value: Value, language: Language): string {
  switch (unit) {
    case "rate":
      return isGain(key) ? signedPercent(value) : percent(value);
    case "yuan":
      return isGain(key) && value != null && value > 0 ? `+${large(value, language)}` : large(value, language);
    case "count":
    case "sessions":
      return Number.isInteger(value) ? count(value) : decimal(value, 1);
    case "date":
      return day(value);
    default:
      return isGain(key) ? signed(value) : decimal(value);
  }
}

/** 20240102 as 2024-01-02. */
export function day(value: Value): string {
  if (value == null || !Number.isFinite(value)) return "–";
  const text = String(value);
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
}
