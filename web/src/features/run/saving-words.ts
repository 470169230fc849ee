/** Words of the dialog that saves a run's files. */
import type { Words } from "@/words/language";

interface Said {
  name: string;
  text: string;
}

interface SavingWords {
  save: string;
  heading: string;
  about: string;
  kinds: Record<"equity" | "account" | "trades" | "positions" | "orders" | "refusals" | "events", Said>;
  log: Said;
  report: string;
  statistics: string;
  findings: string;
}

export const WORDS: Words<SavingWords> = {
  zh: {
    save: "导出",
    heading: "导出这次回测",
    about: "CSV 可直接用 Excel 打开；Parquet 保留精确类型，适合 pandas、polars。",
    kinds: {
      equity: { name: "净值", text: "每根 K 线收盘时的总权益" },
      account: { name: "账户", text: "逐日现金、市值、应收红利与各项进出" },
      trades: { name: "成交", text: "每笔开平仓：价格、费用、税、分红、盈亏、离场原因" },
      positions: { name: "持仓", text: "各交易日持有的股票与成本" },
      orders: { name: "委托", text: "每笔挂单及其结局" },
      refusals: { name: "拒单", text: "没有成交的委托与原因" },
      events: { name: "事件", text: "除权、分红、退市、风控等全部事件" },
    },
    log: { name: "日志", text: "引擎的运行记录" },
    report: "HTML 报告",
    statistics: "统计 JSON",
    findings: "诊断 JSON",
  },
  en: {
    save: "Export",
    heading: "Export this run",
    about: "CSV opens in spreadsheets; Parquet keeps exact types, for pandas and polars.",
    kinds: {
      equity: { name: "Equity", text: "total equity at the close of each bar" },
      account: { name: "Account", text: "cash, holdings, dividends due, and what came and went, by session" },
      trades: { name: "Trades", text: "each round trip: prices, fees, tax, dividends, earnings, why it was closed" },
      positions: { name: "Positions", text: "what was held on each session, at what cost" },
      orders: { name: "Orders", text: "each resting order and what became of it" },
      refusals: { name: "Refused orders", text: "what was not traded, and why" },
      events: { name: "Events", text: "ex-dates, dividends, delistings, risk rules: all of them" },
    },
    log: { name: "Log", text: "what the engine wrote down" },
    report: "HTML report",
    statistics: "Statistics, JSON",
    findings: "Findings, JSON",
  },
};
