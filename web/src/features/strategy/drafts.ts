/** What somebody typed, kept in the browser until it is saved, so that a closed tab loses nothing; shown to nobody else who signs in here. */
import { current } from "@/session/auth";
import { personOf } from "@/session/state";
import type { Kept } from "./desk";

interface Draft extends Kept {
  at: string;
}

const PREFIX = "lianghu.draft.";
const MOST = 50;

const placeOf = (key: string): string => `${PREFIX}${personOf(current())?.userId ?? ""}.${key}`;

export const readDraft = (key: string): Draft | null => readAt(placeOf(key));

function readAt(place: string): Draft | null {
  try {
    const text = localStorage.getItem(place);
    return text ? (JSON.parse(text) as Draft) : null;
  } catch {
    return null; // no storage, or somebody else's words in it
  }
}

export function keepDraft(key: string, desk: Kept): void {
  try {
    localStorage.setItem(placeOf(key), JSON.stringify({ ...desk, at: new Date().toISOString() } satisfies Draft));
    forgetOldest();
  } catch {
    // no storage: the page itself keeps it
  }
}

export function dropDraft(key: string): void {
  try {
    localStorage.removeItem(placeOf(key));
  } catch {
    // nothing was kept
  }
}

function forgetOldest(): void {
  const places = Object.keys(localStorage).filter((place) => place.startsWith(PREFIX));
  if (places.length <= MOST) return;
  const at = (place: string) => readAt(place)?.at ?? "";
  for (const place of places.sort((a, b) => at(a).localeCompare(at(b))).slice(0, places.length - MOST)) {
    localStorage.removeItem(place);
  }
}
