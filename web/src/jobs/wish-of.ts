/** From the context of a backtest back to the form that would have made it. */
import type { Dataset, Wish } from "./context";
import { type Other, tenThousandths } from "./rates";

const several = (value: unknown): string => (Array.isArray(value) ? value : [value]).join(", ");
const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

function universeWish(universe: unknown): Partial<Wish> {
  if (universe === undefined || universe === null) return { universe: "own" };
  if (Array.isArray(universe)) return { universe: "codes", members: universe.join(", ") };
  const said = universe as Other;
  const keys = Object.keys(said).join();
  if (keys === "all") return { universe: "all" };
  if (keys === "index") return { universe: "index", members: text(said.index) };
  if (keys === "boards" || keys === "industry") return { universe: keys, members: several(said[keys]) };
  if (keys === "codes") return { universe: "codes", members: several(said.codes) };
  const { rank, lag, top, bottom, ...rest } = said;
  const plain = rank !== undefined && (lag === undefined || lag === 1) && Object.keys(rest).length === 0;
  if (plain && (top === undefined) !== (bottom === undefined)) {
    return {
      universe: "rank",
      members: text(rank),
      top: text(top ?? bottom),
      rankEnd: top === undefined ? "bottom" : "top",
    };
  }
  return { universe: "json", members: JSON.stringify(universe) };
}

const SLIPPAGES = ["bps", "ticks", "range", "impact"] as const;

/** The form as it would have made this context of a backtest. What it has no field for stays in `others`. */
export function wishOf(context: Readonly<Record<string, unknown>>, dataset: Dataset | undefined, base: Wish): Wish {
  const window = (context.window ?? {}) as Other;
  const { commission, minimum, stamp_duty, transfer_fee, dividends, ...costs } = (context.costs ?? {}) as Other;
  const { fill, slippage, volume_cap, frequency, ...execution } = (context.execution ?? {}) as Other;
  const slip = (slippage ?? {}) as Other;
  const kind = SLIPPAGES.find((each) => slip[each] !== undefined) ?? "";
  const others: Other = {};
  if (Object.keys(costs).length > 0) others.costs = costs;
  if (Object.keys(execution).length > 0) others.execution = execution;
  return {
    ...base,
    dataset: dataset ? text(context.datasource_version) : base.dataset,
    frequency: text(context.frequency) || "1d",
    start: text(window.start),
    end: text(window.end),
    cash: text(context.initial_cash) || base.cash,
    benchmark: context.benchmark === null ? "none" : text(context.benchmark),
    ...universeWish(context.universe),
    commission: tenThousandths(commission),
    minimum: text(minimum),
    stampDuty: tenThousandths(stamp_duty),
    transferFee: tenThousandths(transfer_fee),
    dividends: text(dividends) as Wish["dividends"],
    fill: text(fill) as Wish["fill"],
    slippage: kind,
    slippageSize: kind && text(slip[kind]),
    volumeCap: typeof volume_cap === "number" ? text(Number((volume_cap * 100).toPrecision(12))) : "",
    executionFrequency: text(frequency),
    others: Object.keys(others).length > 0 ? JSON.stringify(others) : "",
  };
}
