import type { Words } from "@/words/language";
import type { Adjust } from "./bars";

interface InstrumentWords {
  title: string;
  search: string;
  hint: string;
  nobody: string;
  found: (shown: string, total: string) => string;
  pick: string;
  frequency: string;
  adjust: string;
  adjusts: Record<Adjust, string>;
  adjustTexts: Record<Adjust, string>;
  anchored: (day: string) => string;
  chart: (code: string) => string;
  time: string;
  open: string;
  high: string;
  low: string;
  close: string;
  change: string;
  volume: string;
  amount: string;
  factor: string;
  earlier: string;
  all: string;
  shown: (many: string) => string;
  bars: string;
  noBars: string;
  since: (day: string) => string;
  delisted: (day: string) => string;
  sameDay: string;
  shares: string;
  yuan: string;
}

export const INSTRUMENT: Words<InstrumentWords> = {
  zh: {
    title: "看一个标的",
    search: "代码或名称",
    hint: "输入代码或名称的一部分，例如 6005 或 ETF",
    nobody: "没有找到。换一部分代码或名称试试。",
    found: (shown, total) => `显示 ${shown} 个，共 ${total} 个`,
    pick: "从左边选一个标的，看它的 K 线。",
    frequency: "频率",
    adjust: "复权",
    adjusts: { none: "不复权", forward: "前复权", back: "后复权" },
    adjustTexts: {
      none: "不复权：当时的实际成交价，除权日有缺口。",
      forward: "前复权：以最后一根 K 线的价格为准，除权日没有缺口。",
      back: "后复权：以上市时的价格为准，策略看到的就是这种价格。",
    },
    anchored: (day) => `基准日 ${day}`,
    chart: (code) => `${code} 的 K 线和成交量`,
    time: "时间",
    open: "开盘",
    high: "最高",
    low: "最低",
    close: "收盘",
    change: "涨跌幅",
    volume: "成交量",
    amount: "成交额",
    factor: "复权因子",
    earlier: "更早的",
    all: "已经是最早的一根。",
    shown: (many) => `已显示 ${many} 根`,
    bars: "K 线数据",
    noBars: "这个标的在这个频率上没有 K 线。",
    since: (day) => `${day} 上市`,
    delisted: (day) => `${day} 退市`,
    sameDay: "T+0",
    shares: "股",
    yuan: "元",
  },
  en: {
    title: "Look at one instrument",
    search: "Code or name",
    hint: "A part of the code or the name, like 6005 or ETF",
    nobody: "Nothing found. Try another part of the code or the name.",
    found: (shown, total) => `${shown} of ${total}`,
    pick: "Choose an instrument to see its bars.",
    frequency: "Frequency",
    adjust: "Adjustment",
    adjusts: { none: "As traded", forward: "Forward", back: "Back" },
    adjustTexts: {
      none: "Not adjusted: prices as traded, with gaps on ex-dates.",
      forward: "Forward adjusted: in the scale of the last bar, without gaps on ex-dates.",
      back: "Back adjusted: in the scale of the listing; so strategies see prices.",
    },
    anchored: (day) => `scale of ${day}`,
    chart: (code) => `Candlesticks and volume of ${code}`,
    time: "Time",
    open: "Open",
    high: "High",
    low: "Low",
    close: "Close",
    change: "Change",
    volume: "Volume",
    amount: "Amount",
    factor: "Factor",
    earlier: "Earlier ones",
    all: "These are all there are.",
    shown: (many) => `${many} shown`,
    bars: "Bars",
    noBars: "This instrument has no bars of this frequency.",
    since: (day) => `listed ${day}`,
    delisted: (day) => `delisted ${day}`,
    sameDay: "T+0",
    shares: "shares",
    yuan: "CNY",
  },
};
