"use client";
/** Short words about what just happened, at the edge of the page, read aloud by screen readers. */
import { useSyncExternalStore } from "react";
import { classes } from "./classes";

interface Notice {
  id: number;
  tone: "good" | "bad";
  text: string;
}

const NONE: readonly Notice[] = [];
const STAY_MS = 6000;
let notices: readonly Notice[] = NONE;
let next = 1;
const listeners = new Set<() => void>();

function set(these: readonly Notice[]): void {
  notices = these;
  for (const listener of listeners) listener();
}

export function notify(text: string, tone: Notice["tone"] = "good"): void {
  const id = next++;
  set([...notices, { id, tone, text }]);
  setTimeout(() => set(notices.filter((each) => each.id !== id)), STAY_MS);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Notices() {
  const shown = useSyncExternalStore(
    subscribe,
    () => notices,
    () => NONE,
  );
  return (
    <div role="status" aria-live="polite" className="pointer-events-none fixed right-4 bottom-4 z-50 grid gap-2">
      {shown.map((each) => (
        <p
          key={each.id}
          className={classes(
            "rounded-md border bg-raised px-4 py-2 shadow-lg",
            each.tone === "bad" ? "border-bad text-bad" : "border-line-strong",
          )}
        >
          {each.text}
        </p>
      ))}
    </div>
  );
}
