"use client";
/** What the strategy's text says of its parameters: bounds and defaults. Only its owner may read it. */
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";
import type { Backtest } from "@/jobs/run";
import { hasText } from "./settings";

export type Parameter = Schemas["ParameterShown"];

export function useParameters(backtest: Backtest) {
  const { strategy } = backtest;
  return useQuery({
    queryKey: ["parameters", strategy.strategy_id, strategy.version],
    queryFn: async ({ signal }): Promise<Parameter[]> => {
      const path = { strategy_id: strategy.strategy_id, version: strategy.version };
      const text = await bodyOf(
        api.GET("/api/strategies/{strategy_id}/versions/{version}", { params: { path }, signal }),
      );
      if (text.kind !== "rules") return [];
      return (await bodyOf(api.POST("/api/strategies:validate", { body: { code: text.code }, signal }))).parameters;
    },
    enabled: hasText(backtest),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
