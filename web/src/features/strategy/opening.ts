"use client";
/** What the address asks for: a template's text, one's own, that of a run with its context and parameters, or a new one. */
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf } from "@/api/client";
import { type Dataset, wishFor } from "@/jobs/context";
import { wishOf } from "@/jobs/wish-of";
import { type Desk, deskFor } from "./desk";
import { fresh } from "./fresh";

export interface Asked {
  id: string | null;
  version: number | null;
  template: string | null;
  run: string | null;
}

export interface Opened {
  /** Under which a draft is kept. */
  key: string;
  desk: Desk;
  datasets: readonly Dataset[];
  /** One's own strategy, if it is one. */
  strategy?: { id: string; name: string; newest: number; version: number };
  template?: string;
  run?: string;
  /** There is no template of the name that was asked for. */
  unknownTemplate?: boolean;
}

/** A backtest whose signals came from a file. */
export class NoText extends Error {}

export const keyOf = (asked: Asked): string => {
  if (asked.id) return `strategy.${asked.id}${asked.version ? `.${asked.version}` : ""}`;
  if (asked.run) return `run.${asked.run}`;
  return asked.template ? `template.${asked.template}` : "new";
};

async function ownText(id: string, version: number | null, base: Omit<Opened, "desk">): Promise<Opened> {
  const path = { strategy_id: id };
  const found = await bodyOf(api.GET("/api/strategies/{strategy_id}", { params: { path } }));
  const wanted = version ?? found.version;
  const { code } =
    wanted === found.version
      ? found
      : await bodyOf(
          api.GET("/api/strategies/{strategy_id}/versions/{version}", {
            params: { path: { ...path, version: wanted } },
          }),
        );
  const strategy = { id, name: found.name, newest: found.version, version: wanted };
  return { ...base, desk: deskFor(code, wishFor(base.datasets[0] as Dataset)), strategy };
}

async function runAgain(id: string, base: Omit<Opened, "desk">): Promise<Opened> {
  const run = await bodyOf(api.GET("/api/runs/{run_id}", { params: { path: { run_id: id } } }));
  const path = { backtest_id: run.backtest_id };
  const { strategy, context, notes } = await bodyOf(api.GET("/api/backtests/{backtest_id}", { params: { path } }));
  if (strategy.kind && strategy.kind !== "rules") throw new NoText();
  const pinned = { strategy_id: strategy.strategy_id, version: strategy.version };
  const { code } = await bodyOf(
    api.GET("/api/strategies/{strategy_id}/versions/{version}", { params: { path: pinned } }),
  );
  const said = context as Record<string, unknown>;
  const dataset = base.datasets.find((each) => each.version === said.datasource_version);
  const wish = { ...wishOf(said, dataset, wishFor(base.datasets[0] as Dataset)), notes: notes ?? "" };
  const params = (run.params ?? {}) as Record<string, number>;
  const single = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
  return { ...base, desk: deskFor(code, wish, { single }), run: id };
}

async function opened(asked: Asked): Promise<Opened> {
  const datasets = (await bodyOf(api.GET("/api/market/datasets"))).items;
  const base = { key: keyOf(asked), datasets };
  if (datasets.length === 0) return { ...base, desk: deskFor("", {} as never) };
  if (asked.id) return ownText(asked.id, asked.version, base);
  if (asked.run) return runAgain(asked.run, base);
  const wish = wishFor(datasets[0] as Dataset);
  if (!asked.template) return { ...base, desk: deskFor(fresh(), wish) };
  const { items } = await bodyOf(api.GET("/api/templates"));
  const found = items.find((each) => each.name === asked.template);
  if (!found) return { ...base, desk: deskFor(fresh(), wish), unknownTemplate: true };
  return { ...base, desk: deskFor(found.code, wish), template: found.name };
}

export function useOpened(asked: Asked) {
  return useQuery({
    queryKey: ["opened", keyOf(asked)],
    queryFn: () => opened(asked),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}
