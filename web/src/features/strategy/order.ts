/** What the form's texts come to: an order that can be submitted, or none. */
import type { Order } from "@/jobs/submit";
import { type Candidates, countOf, type Parameter, readCandidates, readValue, suggested } from "@/jobs/values";

export const MOST_COMBINATIONS = 10_000;
export type Texts = Readonly<Record<string, string>>;

/** What somebody typed stays as long as the parameter is there; new ones come with their default. */
export function textsFor(parameters: readonly Parameter[], before: Texts, grid: boolean): Texts {
  return Object.fromEntries(
    parameters.map((each) => [each.name, before[each.name] ?? (grid ? suggested(each) : String(each.default))]),
  );
}

export function singleOf(parameters: readonly Parameter[], texts: Texts): Order | null {
  const params: Record<string, number> = {};
  for (const each of parameters) {
    const read = readValue(texts[each.name] ?? "", each);
    if ("problem" in read) return null;
    params[each.name] = read.value;
  }
  return { mode: "single", params };
}

export function gridOf(parameters: readonly Parameter[], texts: Texts): { order: Order; combinations: number } | null {
  const gridSpec: Record<string, Candidates> = {};
  let combinations = 1;
  for (const each of parameters) {
    const read = readCandidates(texts[each.name] ?? "", each);
    if ("problem" in read) return null;
    gridSpec[each.name] = read.value;
    combinations *= countOf(read.value);
  }
  return { order: { mode: "grid", gridSpec }, combinations };
}
