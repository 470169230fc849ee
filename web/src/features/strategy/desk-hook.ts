"use client";
/** The desk as state that outlives the tab: every change is kept as a draft. */
import { useCallback, useState } from "react";
import type { Desk } from "./desk";
import { keepDraft } from "./drafts";

export type Change = Partial<Desk> | ((before: Desk) => Partial<Desk>);

export function useDesk(key: string, initial: Desk): [Desk, (change: Change) => void] {
  const [desk, setDesk] = useState(initial);
  const change = useCallback(
    (made: Change) =>
      setDesk((before) => {
        const next = { ...before, ...(typeof made === "function" ? made(before) : made) };
        keepDraft(key, next);
        return next;
      }),
    [key],
  );
  return [desk, change];
}
