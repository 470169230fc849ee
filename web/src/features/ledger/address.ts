"use client";
/** What a ledger shows stands in the page's address: it can be linked to, and going back leads to what was seen before. */
import { useSearchParams } from "next/navigation";
import { useCallback } from "react";

export type Changes = Readonly<Record<string, string | null>>;

/** The query with the changes made; empty values leave it. */
export function changed(query: string, changes: Changes): string {
  const asked = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value) asked.set(name, value);
    else asked.delete(name);
  }
  return `?${asked}`;
}

/** Reads the address, and writes it without leaving the page. */
export function useAddress() {
  const asked = useSearchParams();
  const get = useCallback((name: string) => asked.get(name) ?? "", [asked]);
  const set = useCallback((changes: Changes) => {
    window.history.replaceState(null, "", changed(window.location.search, changes));
  }, []);
  /** As a step that "back" undoes. */
  const go = useCallback((changes: Changes) => {
    window.history.pushState(null, "", changed(window.location.search, changes));
  }, []);
  return { get, set, go };
}
