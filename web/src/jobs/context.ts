/** What a strategy runs in: universe, window, bars, cash, costs; from what the form has to what the API takes, and back. */
import type { Schemas } from "@/api/client";
import { type Other, rateOf, readOthers } from "./rates";

export type Dataset = Schemas["DatasetShown"];
export type UniverseKind = "own" | "all" | "index" | "codes" | "boards" | "industry" | "rank" | "json";
export type Slippage = "" | "bps" | "ticks" | "range" | "impact";

/** All as typed. An empty text of costs and execution means: as the strategy's text says, else as the rules of the day. */
export interface Wish {
  dataset: string;
  frequency: string;
  start: string;
  end: string;
  cash: string;
  /** "" is what the API chooses, "none" is none. */
  benchmark: string;
  universe: UniverseKind;
  /** Codes, an index, boards, industries, a ranking's field, or a universe in JSON that has no form. */
  members: string;
  top: string;
  rankEnd: "top" | "bottom";
  /** Ten-thousandths. */
  commission: string;
  minimum: string;
  stampDuty: string;
  transferFee: string;
  dividends: "" | "auto" | "cash" | "reinvest";
  fill: "" | "next_open" | "vwap" | "close";
  slippage: Slippage;
  slippageSize: string;
  /** Percent of a bar's volume. */
  volumeCap: string;
  executionFrequency: string;
  /** What a run had in its costs and execution beyond these fields, in JSON, so that it is not lost. */
  others: string;
  notes: string;
}

export const CODE = /^\d{6}\.(SH|SZ|BJ)$/;
const SEPARATORS = /[\s,，、;；]+/;
const YEARS = 5;

export function listOf(text: string): string[] {
  return text.split(SEPARATORS).filter(Boolean);
}

/** 600519 or 600519.sh as 600519.SH, where the exchange is plain from the digits. */
export function codeOf(text: string): string {
  const upper = text.trim().toUpperCase();
  if (CODE.test(upper) || !/^\d{6}$/.test(upper)) return upper;
  if (/^(4|8|92)/.test(upper)) return `${upper}.BJ`;
  return /^[569]/.test(upper) ? `${upper}.SH` : `${upper}.SZ`;
}

function barsOf(dataset: Dataset, frequency: string) {
  return dataset.frequencies.find((each) => each.frequency === frequency) ?? dataset.frequencies[0];
}

/** The last five years of what the dataset has. */
export function wishFor(dataset: Dataset): Wish {
  const bars = barsOf(dataset, "1d");
  const end = bars?.last ?? "";
  const first = bars?.first ?? "";
  const early = end && `${Number(end.slice(0, 4)) - YEARS}${end.slice(4)}`;
  return {
    dataset: dataset.version,
    frequency: bars?.frequency ?? "1d",
    start: [early, first].sort().at(-1) ?? first,
    end,
    cash: "1000000",
    benchmark: "",
    universe: "own",
    members: "",
    top: "300",
    rankEnd: "top",
    commission: "",
    minimum: "",
    stampDuty: "",
    transferFee: "",
    dividends: "",
    fill: "",
    slippage: "",
    slippageSize: "",
    volumeCap: "",
    executionFrequency: "",
    others: "",
    notes: "",
  };
}

/** Other bars, or another dataset: the window stays as far as these data reach, else it is all of them. */
export function fitted(wish: Wish, dataset: Dataset, frequency = wish.frequency): Wish {
  const bars = barsOf(dataset, frequency);
  const [first, last] = [bars?.first ?? "", bars?.last ?? ""];
  const start = wish.start > first && wish.start < last ? wish.start : first;
  const end = wish.end < last && wish.end > start ? wish.end : last;
  return { ...wish, dataset: dataset.version, frequency: bars?.frequency ?? frequency, start, end };
}

export function universeOf(wish: Wish): unknown {
  const members = listOf(wish.members);
  switch (wish.universe) {
    case "own":
      return undefined;
    case "all":
      return { all: true };
    case "index":
      return { index: codeOf(members[0] ?? "") };
    case "codes":
      return members.map(codeOf);
    case "boards":
      return { boards: members };
    case "industry":
      return { industry: members };
    case "rank":
      return { rank: members[0] ?? "amount", [wish.rankEnd]: Number(wish.top) };
    case "json":
      return readOthers(wish.members) ?? wish.members;
  }
}

function costsOf(wish: Wish, others: Other): Other {
  const costs: Other = { ...others };
  if (wish.commission) costs.commission = rateOf(wish.commission, 1e4);
  if (wish.minimum) costs.minimum = Number(wish.minimum);
  if (wish.stampDuty) costs.stamp_duty = rateOf(wish.stampDuty, 1e4);
  if (wish.transferFee) costs.transfer_fee = rateOf(wish.transferFee, 1e4);
  if (wish.dividends) costs.dividends = wish.dividends;
  return costs;
}

function executionOf(wish: Wish, others: Other): Other {
  const execution: Other = { ...others };
  if (wish.fill) execution.fill = wish.fill;
  if (wish.slippage) execution.slippage = { [wish.slippage]: Number(wish.slippageSize) };
  if (wish.volumeCap) execution.volume_cap = rateOf(wish.volumeCap, 100);
  if (wish.executionFrequency) execution.frequency = wish.executionFrequency;
  return execution;
}

export function contextOf(wish: Wish): Schemas["Context"] {
  const universe = universeOf(wish);
  const others = readOthers(wish.others) ?? {};
  const costs = costsOf(wish, (others.costs ?? {}) as Other);
  const execution = executionOf(wish, (others.execution ?? {}) as Other);
  const context: Other = {
    frequency: wish.frequency,
    window: { start: wish.start, end: wish.end },
    datasource_version: wish.dataset,
    initial_cash: Number(wish.cash.replaceAll(/[,，\s]/g, "")),
  };
  if (universe !== undefined) context.universe = universe;
  if (wish.benchmark === "none") context.benchmark = null;
  else if (wish.benchmark) context.benchmark = codeOf(wish.benchmark);
  if (Object.keys(costs).length > 0) context.costs = costs;
  if (Object.keys(execution).length > 0) context.execution = execution;
  return context as unknown as Schemas["Context"];
}
