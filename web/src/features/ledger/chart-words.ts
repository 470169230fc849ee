/** Words of the K-line. */
import type { Words } from "@/words/language";
import type { Adjust } from "./bars";

interface ChartWords {
  security: string;
  option: (name: string, trades: string, held: boolean) => string;
  previousStock: string;
  nextStock: string;
  frequency: string;
  frequencies: Readonly<Record<string, string>>;
  adjust: string;
  adjusts: Record<Adjust, string>;
  adjustMeans: Record<Adjust, string>;
  anchored: (day: string) => string;
  form: string;
  asChart: string;
  asTable: string;
  range: string;
  ranges: Record<"3" | "12" | "36" | "all", string>;
  previousFill: string;
  nextFill: string;
  marks: string;
  refused: string;
  refusedOrders: (count: string) => string;
  exDate: string;
  buyMark: string;
  sellMark: string;
  refusedMark: string;
  exMark: string;
  legend: string;
  open: string;
  high: string;
  low: string;
  close: string;
  change: string;
  volume: string;
  amount: string;
  factor: string;
  fill: (shares: string, price: string) => string;
  fills: string;
  noFills: string;
  preparing: string;
  noBars: string;
  noTrades: string;
  noTradesNext: string;
  bars: string;
  drawnBy: string;
  described: (name: string, bars: string, buys: string, sells: string) => string;
}

export const CHART_WORDS: Words<ChartWords> = {
  zh: {
    security: "交易过的证券",
    option: (name, trades, held) => `${name}${trades === "0" ? "" : ` · ${trades} 次交易`}${held ? " · 持有中" : ""}`,
    previousStock: "上一只",
    nextStock: "下一只",
    frequency: "周期",
    frequencies: {
      "1m": "1 分钟",
      "5m": "5 分钟",
      "15m": "15 分钟",
      "30m": "30 分钟",
      "60m": "60 分钟",
      "1d": "日",
      "1w": "周",
      "1mo": "月",
    },
    adjust: "复权方式",
    adjusts: { none: "不复权", forward: "前复权", back: "后复权" },
    adjustMeans: {
      none: "不复权：图上价格即当时的成交价，除权日会有缺口（标“除”）。",
      forward: "前复权：历史价格按复权因子折算；买卖标记按同一因子折算，标注与明细中的价格仍为不复权成交价。",
      back: "后复权：与策略信号所见的价格一致；买卖标记按同一因子折算，标注与明细中的价格仍为不复权成交价。",
    },
    anchored: (day) => `以 ${day} 为基准。`,
    form: "显示方式",
    asChart: "图",
    asTable: "表格",
    range: "时间范围",
    ranges: { "3": "3个月", "12": "1年", "36": "3年", all: "全部" },
    previousFill: "← 上一笔成交",
    nextFill: "下一笔成交 →",
    marks: "标记",
    refused: "显示拒单",
    refusedOrders: (count) => `拒单 ${count} 笔`,
    exDate: "除权除息日",
    buyMark: "买",
    sellMark: "卖",
    refusedMark: "拒",
    exMark: "除",
    legend: "所指的一根",
    open: "开",
    high: "高",
    low: "低",
    close: "收",
    change: "涨跌",
    volume: "成交量",
    amount: "成交额",
    factor: "复权因子",
    fill: (shares, price) => `${shares} 股 @ ${price}`,
    fills: "该证券的成交",
    noFills: "该证券在回测中没有成交。",
    preparing: "正在生成这些 K 线…",
    noBars: "这个周期没有行情",
    noTrades: "回测中没有交易任何证券",
    noTradesNext: "被拒绝的委托及原因在“拒单”中。",
    bars: "K 线数据",
    drawnBy: "图表组件：",
    described: (name, bars, buys, sells) =>
      `${name} 的 K 线与成交量，共 ${bars} 根，其中买入 ${buys} 笔、卖出 ${sells} 笔。数值可切换为表格查看。`,
  },
  en: {
    security: "Securities traded",
    option: (name, trades, held) =>
      `${name}${trades === "0" ? "" : ` · ${trades} ${trades === "1" ? "trade" : "trades"}`}${held ? " · held" : ""}`,
    previousStock: "Previous",
    nextStock: "Next",
    frequency: "Bars of",
    frequencies: {
      "1m": "1 min",
      "5m": "5 min",
      "15m": "15 min",
      "30m": "30 min",
      "60m": "60 min",
      "1d": "Day",
      "1w": "Week",
      "1mo": "Month",
    },
    adjust: "Adjustment",
    adjusts: { none: "Unadjusted", forward: "Forward", back: "Backward" },
    adjustMeans: {
      none: "Unadjusted: prices are those of the fills; ex-dates leave gaps (marked XD).",
      forward:
        "Forward-adjusted: past prices are scaled by the factor, and the marks with them; prices that are written out are as traded.",
      back: "Back-adjusted, as the strategy's signals see prices; marks are scaled alike; prices that are written out are as traded.",
    },
    anchored: (day) => `In the scale of ${day}.`,
    form: "Show as",
    asChart: "Chart",
    asTable: "Table",
    range: "Range",
    ranges: { "3": "3M", "12": "1Y", "36": "3Y", all: "All" },
    previousFill: "← Previous fill",
    nextFill: "Next fill →",
    marks: "Marks",
    refused: "Show refused orders",
    refusedOrders: (count) => `${count} refused`,
    exDate: "Ex-date",
    buyMark: "B",
    sellMark: "S",
    refusedMark: "R",
    exMark: "XD",
    legend: "The bar pointed at",
    open: "O",
    high: "H",
    low: "L",
    close: "C",
    change: "Change",
    volume: "Volume",
    amount: "Amount",
    factor: "Factor",
    fill: (shares, price) => `${shares} @ ${price}`,
    fills: "Fills of this security",
    noFills: "The run has no fills of this security.",
    preparing: "These bars are being made…",
    noBars: "There are no bars of this frequency",
    noTrades: "The run traded nothing",
    noTradesNext: "Refused orders and their reasons are under Refused.",
    bars: "Bars",
    drawnBy: "Drawn by",
    described: (name, bars, buys, sells) =>
      `Candles and volume of ${name}, ${bars} bars with ${buys} purchases and ${sells} sales. The figures can be shown as a table.`,
  },
};
