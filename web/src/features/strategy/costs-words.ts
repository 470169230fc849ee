import type { Words } from "@/words/language";

interface CostsWords {
  costs: string;
  costsHint: string;
  costsChanged: (count: number) => string;
  byText: string;
  byRules: string;
  commission: string;
  minimum: string;
  stampDuty: string;
  transferFee: string;
  dividends: string;
  dividend: Record<"" | "auto" | "cash" | "reinvest", string>;
  fill: string;
  fills: Record<"" | "next_open" | "vwap" | "close", string>;
  fillClose: string;
  slippage: string;
  slippages: Record<"" | "bps" | "ticks" | "range" | "impact", string>;
  slippageSize: string;
  volumeCap: string;
  executionFrequency: string;
  executionSame: string;
  others: string;
  othersHint: string;
}

export const COSTS_WORDS: Words<CostsWords> = {
  zh: {
    costs: "费用与成交",
    costsHint: "留空即按策略文本；文本没写的，印花税和过户费按当日规定。",
    costsChanged: (count) => `改了 ${count} 项`,
    byText: "按策略文本",
    byRules: "按当日规定",
    commission: "佣金（万分之）",
    minimum: "每单最低佣金（元）",
    stampDuty: "印花税，卖出（万分之）",
    transferFee: "过户费（万分之）",
    dividends: "分红处理",
    dividend: {
      "": "按策略文本",
      auto: "自动",
      cash: "现金入账，按持有期扣税",
      reinvest: "按复权因子再投资",
    },
    fill: "成交方式",
    fills: { "": "按策略文本", next_open: "下一根开盘价", vwap: "下一根成交均价", close: "当根收盘价" },
    fillClose: "以信号当时的收盘价成交，偏乐观",
    slippage: "滑点模型",
    slippages: {
      "": "按策略文本",
      bps: "按价格（万分之）",
      ticks: "按最小变动价位（跳）",
      range: "按当根振幅的比例",
      impact: "按冲击成本系数",
    },
    slippageSize: "滑点大小",
    volumeCap: "最多占成交量（%）",
    executionFrequency: "撮合用的分钟线",
    executionSame: "不细分",
    others: "其他设置（JSON）",
    othersHint: "来自原回测、表单里没有的设置，照原样带上",
  },
  en: {
    costs: "Costs and execution",
    costsHint: "Empty means as the text says; stamp duty and transfer fee it does not name follow each day's rules.",
    costsChanged: (count) => `${count} changed`,
    byText: "as the text says",
    byRules: "rules of the day",
    commission: "Commission (bps)",
    minimum: "Minimum commission (CNY)",
    stampDuty: "Stamp duty, sales (bps)",
    transferFee: "Transfer fee (bps)",
    dividends: "Dividends",
    dividend: {
      "": "As the text says",
      auto: "Automatic",
      cash: "Cash, taxed by holding period",
      reinvest: "Reinvested by the factor",
    },
    fill: "Fills",
    fills: {
      "": "As the text says",
      next_open: "Next bar's open",
      vwap: "Next bar's average",
      close: "This bar's close",
    },
    fillClose: "fills at the very close of the signal: optimistic",
    slippage: "Slippage model",
    slippages: {
      "": "As the text says",
      bps: "Of the price (bps)",
      ticks: "Ticks",
      range: "Share of the bar's range",
      impact: "Impact coefficient",
    },
    slippageSize: "Slippage",
    volumeCap: "Most of a bar's volume (%)",
    executionFrequency: "Minute bars for fills",
    executionSame: "none",
    others: "Other settings (JSON)",
    othersHint: "of the backtest it came from, without a field here; kept as they are",
  },
};
