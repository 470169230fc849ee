/** What somebody typed, kept in the browser until it is saved, so that a closed tab loses nothing. */
import type { Kept } from "./desk";

interface Draft extends Kept {
  at: string;
}

const PREFIX = "lianghu.draft.";
const MOST = 50;

export function readDraft(key: string): Draft | null {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text ? (JSON.parse(text) as Draft) : null;
  } catch {
    return null; // no storage, or somebody else's words in it
  }
}

export function keepDraft(key: string, desk: Kept): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify({ ...desk, at: new Date().toISOString() } satisfies Draft));
    forgetOldest();
  } catch {
    // no storage: the page itself keeps it
  }
}

export function dropDraft(key: string): void {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // nothing was kept
  }
}

function forgetOldest(): void {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  if (keys.length <= MOST) return;
  const at = (key: string) => readDraft(key.slice(PREFIX.length))?.at ?? "";
  for (const key of keys.sort((a, b) => at(a).localeCompare(at(b))).slice(0, keys.length - MOST)) {
    localStorage.removeItem(key);
  }
}
