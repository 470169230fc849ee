"use client";
/** Whether the prices are invented: then a result teaches how the platform works, and nothing about the market. */
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf } from "@/api/client";

export function useIsSynthetic(version: string | null | undefined): boolean {
  const { data } = useQuery({
    queryKey: ["dataset", version],
    queryFn: () => bodyOf(api.GET("/api/market/datasets/{version}", { params: { path: { version: version ?? "" } } })),
    enabled: Boolean(version),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data?.synthetic ?? false;
}
