/** What somebody began to write, kept in the browser until it is sent. */
import type { Kind } from "./words";

export interface Draft {
  kind: Kind;
  message: string;
  page: string;
}

const KEY = "lianghu.feedback";
const EMPTY: Draft = { kind: "problem", message: "", page: "" };

export function readDraft(): Draft {
  try {
    return { ...EMPTY, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Draft>) };
  } catch {
    return EMPTY; // no storage, or somebody else's words in it
  }
}

export function keepDraft(draft: Draft | null): void {
  try {
    if (draft?.message) localStorage.setItem(KEY, JSON.stringify(draft));
    else localStorage.removeItem(KEY);
  } catch {
    // the page itself keeps it
  }
}
