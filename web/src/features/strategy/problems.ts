/** The API's problems sorted by where they are shown: in the text, below a field of the form, or above all of them. */
import type { Problem } from "@/api/errors";

export interface Sorted {
  text: readonly Problem[];
  /** By the form's field: a key of the wish, of the limits, or `param.<name>`. */
  fields: Readonly<Record<string, readonly Problem[]>>;
  general: readonly Problem[];
}

const TEXT = /^strategyRef\.(code|strategy_id|template)\.?/;
const PARAMETER = /^(?:params|gridSpec)\.([^.[]+)/;

/** The longest beginning that fits decides. */
const FIELDS: readonly (readonly [string, string])[] = [
  ["context.universe.top", "top"],
  ["context.universe.bottom", "top"],
  ["context.universe", "members"],
  ["context.window.end", "end"],
  ["context.window", "start"],
  ["context.datasource_version", "dataset"],
  ["context.frequency", "frequency"],
  ["context.initial_cash", "cash"],
  ["context.benchmark", "benchmark"],
  ["context.costs.commission", "commission"],
  ["context.costs.minimum", "minimum"],
  ["context.costs.stamp_duty", "stampDuty"],
  ["context.costs.transfer_fee", "transferFee"],
  ["context.costs.dividends", "dividends"],
  ["context.execution.fill", "fill"],
  ["context.execution.slippage", "slippageSize"],
  ["context.execution.volume_cap", "volumeCap"],
  ["context.execution.frequency", "executionFrequency"],
  ["context.costs", "others"],
  ["context.execution", "others"],
  ["notes", "notes"],
  ["max_evals", "maxEvals"],
  ["budget_ms", "budgetSeconds"],
  ["early_stop.patience", "stopPatience"],
  ["early_stop", "stopMetric"],
];

export function fieldOf(path: string): string | null {
  const parameter = PARAMETER.exec(path)?.[1];
  if (parameter) return `param.${parameter}`;
  return FIELDS.find(([beginning]) => path === beginning || path.startsWith(`${beginning}.`))?.[1] ?? null;
}

export function sorted(problems: readonly Problem[]): Sorted {
  const text: Problem[] = [];
  const general: Problem[] = [];
  const fields: Record<string, Problem[]> = {};
  for (const problem of problems) {
    const field = fieldOf(problem.field);
    if (problem.line) text.push({ ...problem, field: problem.field.replace(TEXT, "") });
    else if (!field) general.push(problem);
    else fields[field] = [...(fields[field] ?? []), problem];
  }
  return { text, fields, general };
}
