/** What a strategy runs in: universe, window, bars, cash; from what the form has to what the API takes. */
import type { Schemas } from "@/api/client";

export type Dataset = Schemas["DatasetShown"];
export type UniverseKind = "own" | "all" | "index" | "codes" | "boards" | "industry" | "rank";

export interface Wish {
  dataset: string;
  frequency: string;
  start: string;
  end: string;
  cash: string;
  /** "" is what the API chooses, "none" is none. */
  benchmark: string;
  universe: UniverseKind;
  /** Codes, an index, boards or industries, as typed. */
  members: string;
  top: string;
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

/** The last five years of what the dataset has. */
export function wishFor(dataset: Dataset): Wish {
  const bars = dataset.frequencies.find((each) => each.frequency === "1d") ?? dataset.frequencies[0];
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
  };
}

export function universeOf(wish: Wish): object | undefined {
  const members = listOf(wish.members);
  switch (wish.universe) {
    case "own":
      return undefined;
    case "all":
      return { all: true };
    case "index":
      return { index: members[0] ?? "" };
    case "codes":
      return members.map(codeOf);
    case "boards":
      return { boards: members };
    case "industry":
      return { industry: members };
    case "rank":
      return { rank: members[0] ?? "amount", top: Number(wish.top) };
  }
}

export function contextOf(wish: Wish): Schemas["Context"] {
  const universe = universeOf(wish);
  const context: Record<string, unknown> = {
    frequency: wish.frequency,
    window: { start: wish.start, end: wish.end },
    datasource_version: wish.dataset,
    initial_cash: Number(wish.cash.replaceAll(",", "")),
  };
  if (universe !== undefined) context.universe = universe;
  if (wish.benchmark === "none") context.benchmark = null;
  else if (wish.benchmark) context.benchmark = wish.benchmark;
  return context as Schemas["Context"];
}
