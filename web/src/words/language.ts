"use client";
/** Chinese and English: each feature has its own words, both languages of one shape, so none can be forgotten. */
import { useSyncExternalStore } from "react";

export type Language = "zh" | "en";
export type Words<T> = Record<Language, T>;

const KEY = "lianghu.language";
const listeners = new Set<() => void>();

export function language(): Language {
  return document.documentElement.lang === "en" ? "en" : "zh";
}

export function setLanguage(next: Language): void {
  document.documentElement.lang = next === "en" ? "en" : "zh-CN";
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // it is kept as long as the page is open
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Pages are built in Chinese. */
export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, language, () => "zh");
}

export function useWords<T>(words: Words<T>): T {
  return words[useLanguage()];
}
