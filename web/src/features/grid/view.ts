/** What of a grid is looked at, as an address: tab, order, filters and the map's axes, so that a link leads to the very same. */
import type { Run } from "@/jobs/run";
import { type Filters, NO_FILTERS, type Range, type Sorting } from "./filters";

export type Tab = "table" | "heatmap" | "diagnosis";

export interface View {
  tab: Tab;
  sort: Sorting;
  /** Undefined: of every state. */
  status: Run["status"] | undefined;
  filters: Filters;
  map: MapView;
}

export interface MapView {
  metric: string;
  /** "": chosen by the page. */
  across: string;
  /** "": chosen by the page; "-": none. */
  down: string;
  held: Readonly<Record<string, number>>;
}

const TABS: readonly string[] = ["table", "heatmap", "diagnosis"];
const STATES: readonly string[] = ["queued", "running", "succeeded", "failed", "cancelled"];
const FIRST_SORT = "-stats.return";
const FIRST_METRIC = "return";
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

const sortText = ({ key, descending }: Sorting): string => `${descending ? "-" : ""}${key}`;
const number = (text: string | undefined): number | null => (text && NUMBER.test(text) ? Number(text) : null);

function readRange(text: string): Range | null {
  const ends = text.split("~");
  if (ends.length !== 2 || ends.some((end) => end !== "" && !NUMBER.test(end))) return null;
  return { low: number(ends[0]), high: number(ends[1]) };
}

const rangeText = ({ low, high }: Range): string => `${low ?? ""}~${high ?? ""}`;

/** What an address does not say, or says wrongly, is as it is at first. */
export function readView(query: URLSearchParams): View {
  const tab = query.get("tab") ?? "";
  const status = query.get("status") ?? "";
  const sort = query.get("sort") ?? FIRST_SORT;
  const ranges: Record<string, Range> = {};
  const values: Record<string, readonly number[]> = {};
  const held: Record<string, number> = {};
  for (const [key, text] of query) {
    const [kind, name] = [key.slice(0, key.indexOf(".")), key.slice(key.indexOf(".") + 1)];
    if (kind === "stats") {
      const range = readRange(text);
      if (range) ranges[name] = range;
    } else if (kind === "params") {
      const read = text.split(",").map(number);
      if (read.every((each) => each !== null)) values[name] = read as number[];
    } else if (kind === "at") {
      const value = number(text);
      if (value !== null) held[name] = value;
    }
  }
  return {
    tab: (TABS.includes(tab) ? tab : "table") as Tab,
    sort: { key: sort.replace(/^-/, ""), descending: sort.startsWith("-") },
    status: STATES.includes(status) ? (status as Run["status"]) : undefined,
    filters: Object.keys(ranges).length + Object.keys(values).length ? { ranges, values } : NO_FILTERS,
    map: {
      metric: query.get("metric") ?? FIRST_METRIC,
      across: query.get("x") ?? "",
      down: query.get("y") ?? "",
      held,
    },
  };
}

/** Only what is not as it is at first, so that plain addresses stay plain. */
export function viewQuery(id: string, view: View): URLSearchParams {
  const query = new URLSearchParams({ id });
  const say = (key: string, text: string, first: string) => {
    if (text !== first) query.set(key, text);
  };
  say("tab", view.tab, "table");
  say("sort", sortText(view.sort), FIRST_SORT);
  say("status", view.status ?? "", "");
  for (const [key, range] of Object.entries(view.filters.ranges)) query.set(`stats.${key}`, rangeText(range));
  for (const [name, each] of Object.entries(view.filters.values)) query.set(`params.${name}`, each.join(","));
  say("metric", view.map.metric, FIRST_METRIC);
  say("x", view.map.across, "");
  say("y", view.map.down, "");
  for (const [name, value] of Object.entries(view.map.held)) query.set(`at.${name}`, String(value));
  return query;
}
