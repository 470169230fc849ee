/** Settings in words: nested ones flat, one row for each that says something. */
import type { Language } from "@/words/language";

export interface Setting {
  /** Like costs.commission. */
  path: string;
  value: unknown;
}

/** Whose values are told as a whole, in a sentence. */
const WHOLE = new Set(["universe", "window"]);
const LISTED = 30;

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is looked for first stands first; the rest as it comes. */
const FIRST = [
  "universe",
  "window",
  "frequency",
  "datasource_version",
  "initial_cash",
  "benchmark",
  "costs",
  "execution",
];

const place = (key: string): number => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);

/** Nulls say nothing, but a benchmark of null was asked for. */
export function settings(context: Readonly<Record<string, unknown>>): Setting[] {
  const entries = Object.entries(context).sort(([one], [other]) => place(one) - place(other));
  return entries.flatMap(([key, value]) => flat(key, value));
}

function flat(path: string, value: unknown): Setting[] {
  if (value === null && path !== "benchmark") return [];
  if (!isPlain(value) || WHOLE.has(path)) return [{ path, value }];
  return Object.entries(value).flatMap(([key, each]) => flat(`${path}.${key}`, each));
}

const BOARDS: Record<string, Record<Language, string>> = {
  main: { zh: "主板", en: "main board" },
  chinext: { zh: "创业板", en: "ChiNext" },
  star: { zh: "科创板", en: "STAR" },
  bse: { zh: "北交所", en: "BSE" },
  fund: { zh: "ETF", en: "ETFs" },
};

/** At most so many are written out. */
function listed(items: readonly unknown[], between: string): string {
  const shown = items.slice(0, LISTED).map(String).join(between);
  return items.length > LISTED ? `${shown} … (${items.length})` : shown;
}

/** A universe as the strategy language says it: all, index, industry, boards, rank, any, or codes. */
export function universe(value: unknown, language: Language): string {
  const zh = language === "zh";
  const between = zh ? "、" : ", ";
  if (Array.isArray(value)) return listed(value, between);
  if (!isPlain(value)) return String(value);
  const { index, industry, boards, rank, any, codes } = value;
  if (value.all === true) return zh ? "全部股票" : "all stocks";
  if (Array.isArray(codes)) return listed(codes, between);
  if (typeof index === "string") return zh ? `${index} 的成份股` : `members of ${index}`;
  if (Array.isArray(industry)) return (zh ? "行业：" : "industries: ") + listed(industry, between);
  if (Array.isArray(boards))
    return listed(
      boards.map((each) => BOARDS[String(each)]?.[language] ?? each),
      between,
    );
  if (Array.isArray(any)) return any.map((each) => universe(each, language)).join(zh ? "，或" : ", or ");
  if (typeof rank === "string") return ranked(value, language);
  return JSON.stringify(value);
}

function ranked({ rank, top, bottom, lag, within }: Record<string, unknown>, language: Language): string {
  const days = typeof lag === "number" ? lag : 1;
  const among = within === undefined || within === null ? "" : universe(within, language);
  if (language === "zh") {
    const side = bottom === undefined ? "最高" : "最低";
    return `${among && `${among}中，`}${days} 个交易日前 ${rank} ${side}的 ${top ?? bottom} 只`;
  }
  const side = bottom === undefined ? "highest" : "lowest";
  return `the ${top ?? bottom} ${side} by ${rank} (lag ${days})${among && ` of ${among}`}`;
}

/** Of any other setting. */
export function plain(value: unknown, language: Language): string {
  if (value === null || value === undefined) return language === "zh" ? "无" : "none";
  if (typeof value === "boolean") {
    const said = { zh: ["否", "是"], en: ["no", "yes"] } as const;
    return said[language][value ? 1 : 0];
  }
  if (Array.isArray(value)) {
    return value
      .map((each) => (isPlain(each) ? Object.values(each).join(" ") : String(each)))
      .join(language === "zh" ? "；" : "; ");
  }
  return String(value);
}
