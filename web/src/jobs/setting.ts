/** What a backtest ran in, read from the API's context and told in words: universe, bars, window. */
import { count } from "@/format/numbers";
import type { Language, Words } from "@/words/language";

export interface Setting {
  universe?: unknown;
  frequency?: string;
  window?: { start: string; end: string };
  datasource_version?: string;
  initial_cash?: number;
  benchmark?: string | null;
  costs?: unknown;
  execution?: unknown;
}

interface Said {
  own: string;
  all: string;
  rules: string;
  codes: (count: string) => string;
  index: (codes: string) => string;
  top: (field: string, count: string) => string;
  industry: (names: string) => string;
  boards: (names: string) => string;
  board: Readonly<Record<string, string>>;
  frequency: Readonly<Record<string, string>>;
  minutes: (minutes: string) => string;
  or: string;
}

const WORDS: Words<Said> = {
  zh: {
    own: "策略自定",
    all: "全部股票",
    rules: "自定义规则",
    codes: (many) => `${many} 只指定股票`,
    index: (codes) => `${codes} 成分股`,
    top: (field, many) => `${field} 排名前 ${many}`,
    industry: (names) => `行业：${names}`,
    boards: (names) => `板块：${names}`,
    board: { main: "主板", star: "科创板", chinext: "创业板", bse: "北交所", fund: "基金" },
    frequency: { "1d": "日线", "1w": "周线", "1mo": "月线" },
    minutes: (minutes) => `${minutes} 分钟线`,
    or: " 或 ",
  },
  en: {
    own: "strategy's",
    all: "all stocks",
    rules: "own rules",
    codes: (many) => `${many} chosen stocks`,
    index: (codes) => `members of ${codes}`,
    top: (field, many) => `top ${many} by ${field}`,
    industry: (names) => `industry: ${names}`,
    boards: (names) => `boards: ${names}`,
    board: { main: "main", star: "STAR", chinext: "ChiNext", bse: "Beijing", fund: "funds" },
    frequency: { "1d": "daily", "1w": "weekly", "1mo": "monthly" },
    minutes: (minutes) => `${minutes}-minute`,
    or: " or ",
  },
};

const FEW = 3;
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);

function codes(value: unknown, words: Said): string {
  if (typeof value === "number") return words.codes(count(value));
  const these = listOf(value);
  return these.length <= FEW ? these.join(" ") : words.codes(count(these.length));
}

export function universeSaid(universe: unknown, language: Language): string {
  const words = WORDS[language];
  if (universe === null || universe === undefined) return words.own;
  if (Array.isArray(universe)) return codes(universe, words);
  const rules = universe as Readonly<Record<string, unknown>>;
  if (Array.isArray(rules.any)) return rules.any.map((each) => universeSaid(each, language)).join(words.or);
  if (rules.codes !== undefined) return codes(rules.codes, words);
  const parts = [
    rules.index !== undefined && words.index(listOf(rules.index).join(" ")),
    rules.industry !== undefined && words.industry(listOf(rules.industry).join(" ")),
    rules.boards !== undefined &&
      words.boards(
        listOf(rules.boards)
          .map((each) => words.board[each] ?? each)
          .join(" "),
      ),
    rules.rank !== undefined && rules.top !== undefined && words.top(String(rules.rank), count(Number(rules.top))),
  ].filter(Boolean);
  return parts.join(" · ") || (rules.all ? words.all : words.rules);
}

export function frequencySaid(frequency: string | undefined, language: Language): string {
  const bars = frequency ?? "1d";
  const minutes = /^(\d+)m$/.exec(bars)?.[1];
  return minutes ? WORDS[language].minutes(minutes) : (WORDS[language].frequency[bars] ?? bars);
}

export function windowSaid(setting: Setting): string {
  return setting.window ? `${setting.window.start} – ${setting.window.end}` : "–";
}

/** Every leaf of a part of the context by its path, like costs.commission. */
export function leavesOf(value: unknown, path: string): [string, string][] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object" || Array.isArray(value)) {
    return [[path, typeof value === "string" ? value : JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${path}.${key}`));
}
