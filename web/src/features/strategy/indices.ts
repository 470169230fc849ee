"use client";
/** The indices of a dataset, with the names that everybody knows. */
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";
import type { Language } from "@/words/language";

const NONE: readonly Schemas["IndexShown"][] = [];

const NAMES: Readonly<Record<string, readonly [string, string]>> = {
  "000001.SH": ["上证指数", "SSE Composite"],
  "000016.SH": ["上证 50", "SSE 50"],
  "000300.SH": ["沪深 300", "CSI 300"],
  "000688.SH": ["科创 50", "STAR 50"],
  "000852.SH": ["中证 1000", "CSI 1000"],
  "000905.SH": ["中证 500", "CSI 500"],
  "399001.SZ": ["深证成指", "SZSE Component"],
  "399006.SZ": ["创业板指", "ChiNext"],
};

export function indexName(code: string, tongue: Language): string {
  const names = NAMES[code];
  return names ? `${code} ${names[tongue === "zh" ? 0 : 1]}` : code;
}

export function useIndices(dataset: string): readonly Schemas["IndexShown"][] {
  const { data } = useQuery({
    queryKey: ["indices", dataset],
    queryFn: async () =>
      (await bodyOf(api.GET("/api/market/indices", { params: { query: { datasource_version: dataset } } as never })))
        .items,
    staleTime: Number.POSITIVE_INFINITY,
    enabled: dataset !== "",
  });
  return data ?? NONE;
}
