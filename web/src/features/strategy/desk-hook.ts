"use client";
/** The desk as state that outlives the tab: every change is kept as a draft. */
import { useCallback, useState } from "react";
import type { Desk } from "./desk";
import { keepDraft } from "./drafts";

export type Change = Partial<Desk> | ((before: Desk) => Partial<Desk>);

/** `saved` is what is kept elsewhere: a text that is just that is no draft. */
export function useDesk(key: string, initial: Desk, saved: string): [Desk, (change: Change) => void] {
  const [desk, setDesk] = useState(initial);
  const change = useCallback(
    (made: Change) =>
      setDesk((before) => {
        const next = { ...before, ...(typeof made === "function" ? made(before) : made) };
        const { code, ...rest } = next;
        keepDraft(key, code === saved ? rest : next);
        return next;
      }),
    [key, saved],
  );
  return [desk, change];
}
