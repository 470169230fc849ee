"use client";
/** How the page looks: theme, and which colour rises. Kept in the browser, read again by /boot.js before the next page is drawn. */
import { useSyncExternalStore } from "react";

type Key = "theme" | "rise";

function keep(key: Key, value: string): void {
  document.documentElement.dataset[key] = value;
  try {
    localStorage.setItem(`lianghu.${key}`, value);
  } catch {
    // it is kept as long as the page is open
  }
}

function subscribe(listener: () => void): () => void {
  const watcher = new MutationObserver(listener);
  watcher.observe(document.documentElement, { attributeFilter: ["data-theme", "data-rise"] });
  return () => watcher.disconnect();
}

function useKept(key: Key, before: string): string {
  return useSyncExternalStore(
    subscribe,
    () => document.documentElement.dataset[key] ?? before,
    () => before,
  );
}

export const useTheme = () => useKept("theme", "light");
export const useRise = () => useKept("rise", "red");
export const setTheme = (theme: "dark" | "light") => keep("theme", theme);
export const setRise = (colour: "red" | "green") => keep("rise", colour);
