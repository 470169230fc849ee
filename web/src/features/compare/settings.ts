/** What runs were made of, row by row: strategy, parameters, and everything of the context; and which rows differ. */
import type { Schemas } from "@/api/client";
import { yuan } from "@/format/numbers";
import { parameter, parameters } from "@/format/parameters";
import { frequencySaid, leavesOf, type Setting, universeSaid, windowSaid } from "@/jobs/setting";
import type { Language } from "@/words/language";

type Compared = Schemas["ComparedRun"];
export type Named =
  | "strategy"
  | "window"
  | "universe"
  | "frequency"
  | "datasource_version"
  | "initial_cash"
  | "benchmark";

export interface Row {
  /** One of the names that have words; else the API's own key. */
  key: string;
  kind: "named" | "parameter" | "key" | "others";
  values: readonly string[];
  differs: boolean;
}

const MISSING = "–";
const DEEPER = ["costs", "execution"] as const;

function row(key: string, kind: Row["kind"], values: readonly string[]): Row {
  return { key, kind, values, differs: new Set(values).size > 1 };
}

function without(params: Readonly<Record<string, number>>, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !names.includes(name)));
}

export function settingsOf(runs: readonly Compared[], language: Language): Row[] {
  const settings = runs.map((run) => run.context as Setting);
  const named: Record<Named, readonly string[]> = {
    strategy: runs.map((run) => run.strategy_name),
    window: settings.map(windowSaid),
    universe: settings.map((each) => universeSaid(each.universe, language)),
    frequency: settings.map((each) => frequencySaid(each.frequency, language)),
    datasource_version: settings.map((each) => each.datasource_version ?? MISSING),
    initial_cash: settings.map((each) => yuan(each.initial_cash, 0)),
    benchmark: settings.map((each) => each.benchmark ?? MISSING),
  };
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.params)))];
  const shared = names.filter((name) => runs.every((run) => name in run.params));
  const others = runs.map((run) => parameters(without(run.params, shared)) || MISSING);
  const deep = settings.map((each) => new Map(DEEPER.flatMap((key) => leavesOf(each[key], key))));
  const keys = [...new Set(deep.flatMap((each) => [...each.keys()]))];
  return [
    ...Object.entries(named).map(([key, values]) => row(key, "named", values)),
    ...shared.map((name) =>
      row(
        name,
        "parameter",
        runs.map((run) => parameter(run.params[name])),
      ),
    ),
    ...(shared.length < names.length ? [row("parameters", "others", others)] : []),
    ...keys.map((key) =>
      row(
        key,
        "key",
        deep.map((each) => each.get(key) ?? MISSING),
      ),
    ),
  ];
}

const SHORT_ID = 8;

/** What a run is called beside others: its strategy, and what sets it apart from others of that strategy: parameters, window, at last its id. */
export function labelsOf(runs: readonly Compared[]): string[] {
  const named = runs.map((run) => {
    const kin = runs.filter((other) => other.strategy_name === run.strategy_name);
    const telling = Object.keys(run.params).filter((name) => new Set(kin.map((each) => each.params[name])).size > 1);
    return [run.strategy_name, ...telling.map((name) => `${name} ${parameter(run.params[name])}`)];
  });
  const dated = named.map((parts, place) =>
    isShared(parts, named) ? [...parts, windowSaid((runs[place]?.context ?? {}) as Setting)] : parts,
  );
  return dated.map((parts, place) => {
    const [name, ...told] = isShared(parts, dated) ? [...parts, runs[place]?.run_id.slice(0, SHORT_ID)] : parts;
    return told.length ? `${name} (${told.join(", ")})` : (name ?? "");
  });
}

function isShared(label: readonly string[], all: readonly (readonly string[])[]): boolean {
  return all.filter((each) => each.join() === label.join()).length > 1;
}
