"use client";
/** The catalogue of figures: what each is called, its unit, its formula. It changes with a deployment only. */
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "./client";

export type Metric = Schemas["MetricShown"];

export function useMetrics(): ReadonlyMap<string, Metric> {
  const { data } = useQuery({
    queryKey: ["metrics"],
    queryFn: async () => new Map((await bodyOf(api.GET("/api/metrics"))).items.map((row) => [row.key, row])),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? NONE;
}

const NONE: ReadonlyMap<string, Metric> = new Map();
