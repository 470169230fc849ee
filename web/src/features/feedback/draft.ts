/** What somebody began to write, kept in the browser until it is sent; shown to nobody else who signs in here. */
import { current } from "@/session/auth";
import { personOf } from "@/session/state";
import type { Kind } from "./words";

export interface Draft {
  kind: Kind;
  message: string;
  page: string;
}

const place = (): string => `lianghu.feedback.${personOf(current())?.userId ?? ""}`;
const EMPTY: Draft = { kind: "problem", message: "", page: "" };

export function readDraft(): Draft {
  try {
    return { ...EMPTY, ...(JSON.parse(localStorage.getItem(place()) ?? "{}") as Partial<Draft>) };
  } catch {
    return EMPTY; // no storage, or somebody else's words in it
  }
}

export function keepDraft(draft: Draft | null): void {
  try {
    if (draft?.message) localStorage.setItem(place(), JSON.stringify(draft));
    else localStorage.removeItem(place());
  } catch {
    // the page itself keeps it
  }
}
