"use client";
/** From a text and a wish to runs: a backtest pins both, runs are of it. */
import { api, bodyOf, once, type Schemas } from "@/api/client";
import { contextOf, type Wish } from "./context";
import type { Candidates } from "./values";

export interface GridOptions {
  max_evals?: number;
  budget_ms?: number;
  early_stop?: Schemas["EarlyStop"];
  reuse?: boolean;
}

export type Order =
  | { mode: "single"; params: Record<string, number>; reuse?: boolean }
  | ({ mode: "grid"; gridSpec: Record<string, Candidates> } & GridOptions);

/** A text, or a strategy of one's own by its newest version. */
export type Source = { code: string } | { strategy_id: string; version: number };

const pins = new Map<string, Promise<string>>();
const keyOf = (source: Source, wish: Wish): string => JSON.stringify([source, contextOf(wish), wish.notes]);

/** The same text in the same context is pinned once as long as the page is open, so that an estimate and the run after it share a backtest. */
export function pinned(source: Source, wish: Wish): Promise<string> {
  const key = keyOf(source, wish);
  let made = pins.get(key);
  if (!made) {
    const strategyRef = "code" in source ? source : { strategy_id: source.strategy_id };
    const body = { strategyRef, context: contextOf(wish), notes: wish.notes };
    const asked = api.POST("/api/backtests", { body, params: { header: once() } as never });
    made = bodyOf(asked).then((answer) => answer.backtest_id);
    made.catch(() => pins.delete(key)); // the next one asks again
    pins.set(key, made);
  }
  return made;
}

export const isPinned = (source: Source, wish: Wish): boolean => pins.has(keyOf(source, wish));

function asBody(order: Order): Schemas["SingleRun"] | Schemas["GridRun"] {
  return order as unknown as Schemas["SingleRun"] | Schemas["GridRun"];
}

/** Of orders whose answer did not come: sent again they keep their key, so that a lost answer makes no second grid. */
const unanswered = new Map<string, ReturnType<typeof once>>();

export async function submitted(backtest: string, order: Order): Promise<Schemas["RunsSubmitted"]> {
  const said = JSON.stringify([backtest, order]);
  const header = unanswered.get(said) ?? once();
  unanswered.set(said, header);
  const params = { path: { backtest_id: backtest }, header } as never;
  const answer = await bodyOf(api.POST("/api/backtests/{backtest_id}/runs", { params, body: asBody(order) }));
  unanswered.delete(said);
  return answer as Schemas["RunsSubmitted"];
}

export async function estimated(backtest: string, order: Order, signal: AbortSignal): Promise<Schemas["DryRun"]> {
  const params = { path: { backtest_id: backtest }, query: { dry_run: true } } as never;
  return bodyOf(
    api.POST("/api/backtests/{backtest_id}/runs", { params, body: asBody(order), signal }),
  ) as unknown as Promise<Schemas["DryRun"]>;
}
