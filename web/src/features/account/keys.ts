"use client";
/** The API keys of an account, and what becomes of them. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, bodyOf, once, type Schemas } from "@/api/client";

export type Key = Schemas["KeyShown"];
export type NewKey = Schemas["NewKey"];

const KEYS = ["keys"];

export const useKeys = () =>
  useInfiniteQuery({
    queryKey: KEYS,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      bodyOf(api.GET("/api/keys", { params: { query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    getNextPageParam: (page) => page.next_cursor,
  });

export function useNewKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewKey) => bodyOf(api.POST("/api/keys", { body, params: { header: once() } as never })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEYS }),
    gcTime: 0, // the secret stays nowhere
  });
}

export function useRevoke() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (key_id: string) => api.DELETE("/api/keys/{key_id}", { params: { path: { key_id } } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEYS }),
  });
}
