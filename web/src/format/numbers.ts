/** Numbers as people read them: signs always there where a direction is meant, 亿 and 万, a minus that is a minus. */
import type { Language } from "@/words/language";

const MISSING = "–";
/** Of moments: Sweden's way, 2024-01-02 09:30, is read alike everywhere; 01/02/2024 is not. */
const LOCALE: Record<Language, string> = { zh: "zh-CN", en: "sv-SE" };

export type Value = number | null | undefined;

const known = (value: Value): value is number => value !== null && value !== undefined && Number.isFinite(value);

/** One for each number of digits: making one takes longer than formatting a whole table with it. */
const FORMATS: Intl.NumberFormat[] = [];

function format(digits: number): Intl.NumberFormat {
  FORMATS[digits] ??= new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return FORMATS[digits];
}

function fixed(value: number, digits: number): string {
  const text = format(digits).format(value);
  return /^-[0.,]*$/.test(text) ? text.slice(1) : text.replace("-", "−");
}

export function decimal(value: Value, digits = 2): string {
  return known(value) ? fixed(value, digits) : MISSING;
}

export function signed(value: Value, digits = 2): string {
  if (!known(value)) return MISSING;
  const text = fixed(value, digits);
  return /[1-9]/.test(text) && value > 0 ? `+${text}` : text;
}

const TICKS: Intl.NumberFormat[] = [];

/** At an axis: with all the digits that a tick has, so that no two ticks read alike; `least` of them are always there. */
export function tick(value: number, least = 0): string {
  TICKS[least] ??= new Intl.NumberFormat("en-US", { minimumFractionDigits: least, maximumFractionDigits: 4 });
  return TICKS[least].format(value || 0).replace("-", "−");
}

/** Of a share: 0.1234 is 12.34%. */
export function percent(value: Value, digits = 2): string {
  return known(value) ? `${fixed(value * 100, digits)}%` : MISSING;
}

export function signedPercent(value: Value, digits = 2): string {
  return known(value) ? `${signed(value * 100, digits)}%` : MISSING;
}

export function count(value: Value): string {
  return known(value) ? fixed(value, 0) : MISSING;
}

/** Yuan, exact to the cent. */
export function yuan(value: Value, digits = 2): string {
  return known(value) ? fixed(value, digits) : MISSING;
}

interface Unit {
  size: number;
  /** From here on amounts are told in it. */
  least: number;
  name: string;
}

const ONES: Unit = { size: 1, least: 0, name: "" };
/** The smallest first. */
const UNITS: Record<Language, readonly Unit[]> = {
  zh: [ONES, { size: 1e4, least: 1e4, name: " 万" }, { size: 1e8, least: 1e8, name: " 亿" }],
  en: [
    ONES,
    { size: 1e3, least: 1e4, name: "K" },
    { size: 1e6, least: 1e6, name: "M" },
    { size: 1e9, least: 1e9, name: "B" },
  ],
};

/** Large amounts in words: 1.23 亿, 4,567.00 万; 123.00M in English. What rounds up to the next unit is told in it: 1.00 亿, not 10,000.00 万. */
export function large(value: Value, language: Language, digits = 2): string {
  if (!known(value)) return MISSING;
  const rounded = ({ size }: Unit) => Number((Math.abs(value) / size).toFixed(digits)) * size;
  const unit = UNITS[language].reduce((one, next) => (rounded(one) >= next.least ? next : one), ONES);
  return fixed(value / unit.size, digits) + unit.name;
}

/** Seconds as people wait for them. */
export function duration(seconds: Value, language: Language): string {
  if (!known(seconds)) return MISSING;
  const zh = language === "zh";
  if (seconds < 1) return zh ? "不到 1 秒" : "under 1 s";
  if (seconds < 90) return zh ? `${Math.round(seconds)} 秒` : `${Math.round(seconds)} s`;
  if (seconds < 5400) return zh ? `${Math.round(seconds / 60)} 分钟` : `${Math.round(seconds / 60)} min`;
  return zh ? `${fixed(seconds / 3600, 1)} 小时` : `${fixed(seconds / 3600, 1)} h`;
}

/** An instant of the API (UTC), in the time of Shanghai, where the market is. */
export function moment(iso: string | null | undefined, language: Language): string {
  if (!iso) return MISSING;
  return new Date(iso).toLocaleString(LOCALE[language], {
    timeZone: "Asia/Shanghai",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });
}

/** Which way a number points: what colours and arrows follow. */
export function direction(value: Value): "rise" | "fall" | "flat" {
  if (!known(value) || value === 0) return "flat";
  return value > 0 ? "rise" : "fall";
}
