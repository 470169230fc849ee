"use client";
/** The view of a grid, kept in the address: changing it makes no step in the browser's history. */
import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { readView, type View, viewQuery } from "./view";

export type ChangeView = (part: Partial<View>) => void;

export function useView(id: string): [View, ChangeView] {
  const query = useSearchParams();
  const view = useMemo(() => readView(new URLSearchParams(query)), [query]);
  const change = useCallback(
    (part: Partial<View>) => {
      const now = readView(new URLSearchParams(window.location.search));
      window.history.replaceState(null, "", `?${viewQuery(id, { ...now, ...part })}`);
    },
    [id],
  );
  return [view, change];
}
