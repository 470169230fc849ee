"use client";
/** From a text and a wish to runs: a backtest pins both, runs are of it. */
import { api, bodyOf, once, type Schemas } from "@/api/client";
import { contextOf, type Wish } from "./context";
import type { Candidates } from "./values";

export type Order =
  | { mode: "single"; params: Record<string, number> }
  | { mode: "grid"; gridSpec: Record<string, Candidates> };

export async function pinned(code: string, wish: Wish): Promise<string> {
  const body = { strategyRef: { code }, context: contextOf(wish), notes: "" };
  return (await bodyOf(api.POST("/api/backtests", { body, params: { header: once() } as never }))).backtest_id;
}

function asBody(order: Order): Schemas["SingleRun"] | Schemas["GridRun"] {
  return order as unknown as Schemas["SingleRun"] | Schemas["GridRun"];
}

export async function submitted(backtest: string, order: Order): Promise<Schemas["RunsSubmitted"]> {
  const params = { path: { backtest_id: backtest }, header: once() } as never;
  return bodyOf(api.POST("/api/backtests/{backtest_id}/runs", { params, body: asBody(order) })) as Promise<
    Schemas["RunsSubmitted"]
  >;
}

export async function estimated(backtest: string, order: Order, signal: AbortSignal): Promise<Schemas["DryRun"]> {
  const params = { path: { backtest_id: backtest }, query: { dry_run: true } } as never;
  return bodyOf(
    api.POST("/api/backtests/{backtest_id}/runs", { params, body: asBody(order), signal }),
  ) as unknown as Promise<Schemas["DryRun"]>;
}
