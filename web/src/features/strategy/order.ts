/** What the form's texts come to: an order that can be submitted, or none. */
import type { GridOptions, Order } from "@/jobs/submit";
import { type Candidates, countOf, type Parameter, readCandidates, readValue, suggestions } from "@/jobs/values";
import type { GridTexts, Texts } from "./desk";

export const MOST_COMBINATIONS = 10_000;
const MOST_SECONDS = 86_400;

/** What somebody typed stays as long as the parameter is there; new ones come with their default, or with suggestions. */
export function textsFor(parameters: readonly Parameter[], before: Texts, grid: boolean): Texts {
  const first = grid ? suggestions(parameters) : {};
  return Object.fromEntries(
    parameters.map((each) => [each.name, before[each.name] ?? first[each.name] ?? String(each.default)]),
  );
}

export function singleOf(parameters: readonly Parameter[], texts: Texts, anew: boolean): Order | null {
  const params: Record<string, number> = {};
  for (const each of parameters) {
    const read = readValue(texts[each.name] ?? "", each);
    if ("problem" in read) return null;
    params[each.name] = read.value;
  }
  return { mode: "single", params, ...(anew && { reuse: false }) };
}

export function gridOf(
  parameters: readonly Parameter[],
  texts: Texts,
  options: GridOptions,
): { order: Order; combinations: number } | null {
  const gridSpec: Record<string, Candidates> = {};
  let combinations = 1;
  for (const each of parameters) {
    const read = readCandidates(texts[each.name] ?? "", each);
    if ("problem" in read) return null;
    gridSpec[each.name] = read.value;
    combinations *= countOf(read.value);
  }
  return { order: { mode: "grid", gridSpec, ...options }, combinations };
}

export type Limit = "maxEvals" | "budgetSeconds" | "stopPatience";

export interface Limits {
  options: GridOptions;
  wrong: Partial<Record<Limit, "number" | "whole" | "low" | "high">>;
}

function natural(text: string, most: number): number | "number" | "whole" | "low" | "high" {
  const value = Number(text);
  if (!Number.isFinite(value)) return "number";
  if (value < 1) return "low";
  if (value > most) return "high";
  return Number.isInteger(value) ? value : "whole";
}

/** Figures of which more is better, so that an early stop needs no word on its direction. */
export const STOP_METRICS = [
  "sharpe",
  "return",
  "annual_return",
  "excess_return",
  "sortino",
  "calmar",
  "max_dd",
  "profit_factor",
];

export function limitsOf(texts: GridTexts, anew: boolean): Limits {
  const options: GridOptions = anew ? { reuse: false } : {};
  const wrong: Limits["wrong"] = {};
  const read = (key: Limit, most: number, take: (value: number) => void) => {
    const value = natural(texts[key], most);
    if (typeof value === "number") take(value);
    else wrong[key] = value;
  };
  if (texts.maxEvals) {
    read("maxEvals", MOST_COMBINATIONS, (value) => {
      options.max_evals = value;
    });
  }
  if (texts.budgetSeconds) {
    read("budgetSeconds", MOST_SECONDS, (value) => {
      options.budget_ms = value * 1000;
    });
  }
  if (texts.stopMetric) {
    const metric = texts.stopMetric;
    read("stopPatience", MOST_COMBINATIONS, (patience) => {
      options.early_stop = { metric, mode: "max", patience };
    });
  }
  return { options, wrong };
}
