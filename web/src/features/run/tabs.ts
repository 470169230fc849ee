/** Which tabs a run has: what it left behind decides. */
import type { Run } from "@/jobs/run";

export const TABS = [
  "overview",
  "chart",
  "trades",
  "positions",
  "refusals",
  "parameters",
  "findings",
  "configuration",
  "events",
  "log",
] as const;
export type TabKey = (typeof TABS)[number];

/** Tabs of the account, which a run that was cancelled may have in part. */
const LEDGER: ReadonlySet<TabKey> = new Set(["chart", "trades", "positions", "refusals", "events", "log"]);
const ALWAYS: ReadonlySet<TabKey> = new Set(["overview", "parameters", "configuration"]);

/** Of a run that did not succeed: the account up to where it was stopped. */
export const hasPartial = (run: Run): boolean => run.status === "cancelled" && Object.keys(run.artifacts).length > 0;

export function tabsOf(run: Run): TabKey[] {
  if (run.status === "succeeded") return [...TABS];
  return TABS.filter((key) => ALWAYS.has(key) || (LEDGER.has(key) && hasPartial(run)));
}

/** The tab of the address, or the first one where there is no such tab. */
export function openTab(asked: string | null, tabs: readonly TabKey[]): TabKey {
  return tabs.find((key) => key === asked) ?? "overview";
}

/** The address with another tab; all else in it stays. */
export function addressWith(query: string, tab: TabKey): string {
  const asked = new URLSearchParams(query);
  if (tab === "overview") asked.delete("tab");
  else asked.set("tab", tab);
  return `?${asked}`;
}

/** Nothing is fetched for it, as it would be by the router: all of the page is there. */
export function openAt(tab: TabKey): void {
  window.history.replaceState(null, "", addressWith(window.location.search, tab));
}

/** Leads to a place in a tab, as a step that "back" undoes. */
export function goTo(tab: TabKey, place: Readonly<Record<string, string>>): void {
  const asked = new URLSearchParams(addressWith(window.location.search, tab));
  for (const [name, value] of Object.entries(place)) asked.set(name, value);
  window.history.pushState(null, "", `?${asked}`);
}
