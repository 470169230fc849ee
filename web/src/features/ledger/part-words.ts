/** Words of the tabs of positions, refused orders, events and the log. */
import type { Words } from "@/words/language";

interface PartWords {
  view: string;
  holdings: string;
  days: string;
  holdingsMean: (day: string) => string;
  daysMean: string;
  noHoldings: string;
  held: string;
  value: string;
  floating: string;
  refusals: string;
  refusalsMean: string;
  noRefusals: string;
  byReason: string;
  countedSoFar: (read: string, total: string) => string;
  events: string;
  eventsMean: string;
  kind: string;
  withoutMarks: string;
  withMarks: string;
  log: string;
  logMean: string;
  find: string;
  line: string;
  lines: (count: string) => string;
  saveLog: string;
}

export const PART_WORDS: Words<PartWords> = {
  zh: {
    view: "明细",
    holdings: "期末持仓",
    days: "每日账户",
    holdingsMean: (day) =>
      `回测结束${day ? `（${day}）` : ""}时仍持有的证券。买入均价随除权调整；浮动盈亏按最新收盘价计算，未扣卖出费用；可卖数量不含当日买入（T+1）。`,
    daysMean: "每个交易日收盘后的账户：现金、持仓市值、总权益，以及当日的成交与费用。",
    noHoldings: "回测结束时没有持仓，全部为现金。",
    held: "持仓只数",
    value: "持仓市值",
    floating: "浮动盈亏",
    refusals: "拒单",
    refusalsMean:
      "未能成交的委托及原因。“若成交的收益”为从被拒价格到该证券下一次卖出信号收盘价的收益，不含费用，用于衡量错过了什么。",
    noRefusals: "所有委托都成交了，没有被拒绝的委托。",
    byReason: "按原因统计",
    countedSoFar: (read, total) => `统计已覆盖 ${read} / ${total} 条`,
    events: "事件",
    eventsMean: "回测逐笔发生的一切，按时间和撮合顺序排列；任何数字都可以在这里追溯。",
    kind: "事件类型",
    withoutMarks: "全部（不含每日估值）",
    withMarks: "全部（含每日估值）",
    log: "运行日志",
    logMean: "引擎写下的原文（英文）。",
    find: "在日志中查找",
    line: "行",
    lines: (count) => `共 ${count} 行`,
    saveLog: "导出日志",
  },
  en: {
    view: "View",
    holdings: "Holdings at the end",
    days: "Account by day",
    holdingsMean: (day) =>
      `What was still held at the end${day ? ` (${day})` : ""}. Buy prices follow ex-dates; unrealised P&L is at the last close without the fees of selling; sellable leaves out what was bought that day (T+1).`,
    daysMean: "The account after each session: cash, holdings, equity, and the session's fills and fees.",
    noHoldings: "Nothing was held at the end: all of it is cash.",
    held: "Positions",
    value: "Value",
    floating: "Unrealised P&L",
    refusals: "Refused orders",
    refusalsMean:
      "Orders that were not filled, and why. “Would have returned” goes from the refused price to the close of the stock's next exit signal, without fees: what was missed.",
    noRefusals: "Every order was filled: none was refused.",
    byReason: "By reason",
    countedSoFar: (read, total) => `${read} of ${total} rows counted`,
    events: "Events",
    eventsMean: "All that happened, in the order in which it did; every figure can be traced to here.",
    kind: "Kind",
    withoutMarks: "All but the daily marks",
    withMarks: "All, daily marks too",
    log: "Log",
    logMean: "As the engine wrote it.",
    find: "Find in the log",
    line: "Line",
    lines: (count) => `${count} lines`,
    saveLog: "Save the log",
  },
};
