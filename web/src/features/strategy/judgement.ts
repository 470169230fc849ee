"use client";
/** What the API says of a text, half a second after somebody stopped typing. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, bodyOf, type Schemas } from "@/api/client";

export type Judged = Schemas["TextJudged"];
const PAUSE_MS = 500;

export function useSettled<T>(value: T, milliseconds = PAUSE_MS): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

export function useJudgement(code: string) {
  const settled = useSettled(code);
  const query = useQuery({
    queryKey: ["judged", settled],
    queryFn: ({ signal }) => bodyOf(api.POST("/api/strategies:validate", { body: { code: settled }, signal })),
    enabled: settled.trim() !== "",
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { ...query, settled: settled === code && !query.isFetching };
}
