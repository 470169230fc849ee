/** What tables, frequencies, boards and sources of a dataset are called. */
import type { Language, Words } from "@/words/language";

type Names = Readonly<Record<string, string>>;

const TABLES: Words<Names> = {
  zh: {
    instruments: "标的",
    trade_cal: "交易日历",
    bars_1d: "日线",
    bars_1m: "1 分钟线",
    bars_5m: "5 分钟线",
    bars_15m: "15 分钟线",
    bars_30m: "30 分钟线",
    bars_60m: "60 分钟线",
    adj_factor: "复权因子",
    daily_basic: "每日指标",
    namechange: "曾用名",
    suspensions: "停复牌",
    dividends: "分红送股",
    code_changes: "代码变更",
    index_1d: "指数日线",
    index_members: "指数成分",
    industries: "行业归属",
    limits: "涨跌停价",
  },
  en: {
    instruments: "Instruments",
    trade_cal: "Calendar",
    bars_1d: "Daily bars",
    bars_1m: "1-minute bars",
    bars_5m: "5-minute bars",
    bars_15m: "15-minute bars",
    bars_30m: "30-minute bars",
    bars_60m: "60-minute bars",
    adj_factor: "Adjustment factors",
    daily_basic: "Daily figures",
    namechange: "Former names",
    suspensions: "Suspensions",
    dividends: "Dividends",
    code_changes: "Changed codes",
    index_1d: "Index bars",
    index_members: "Index members",
    industries: "Industries",
    limits: "Price limits",
  },
};

const FREQUENCIES: Words<Names> = {
  zh: {
    "1m": "1 分钟线",
    "5m": "5 分钟线",
    "15m": "15 分钟线",
    "30m": "30 分钟线",
    "60m": "60 分钟线",
    "1d": "日线",
    "1w": "周线",
    "1mo": "月线",
  },
  en: {
    "1m": "1 minute",
    "5m": "5 minutes",
    "15m": "15 minutes",
    "30m": "30 minutes",
    "60m": "60 minutes",
    "1d": "days",
    "1w": "weeks",
    "1mo": "months",
  },
};

const BOARDS: Words<Names> = {
  zh: { main: "主板", chinext: "创业板", star: "科创板", bse: "北交所", fund: "基金" },
  en: { main: "Main board", chinext: "ChiNext", star: "STAR", bse: "Beijing", fund: "Funds" },
};

const SOURCES: Words<Names> = {
  zh: { sample: "样本市场（虚构）", import: "自行导入的文件", tushare: "Tushare Pro" },
  en: { sample: "Sample market (invented)", import: "Imported files", tushare: "Tushare Pro" },
};

const named = (names: Words<Names>) => (key: string, language: Language) => names[language][key] ?? key;

export const tableName = named(TABLES);
export const frequencyName = named(FREQUENCIES);
export const boardName = named(BOARDS);
export const sourceName = named(SOURCES);
export const BOARD_KEYS = Object.keys(BOARDS.zh);
