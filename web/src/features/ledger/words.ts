/** Words that all ledgers share: what can be chosen, how far they are read, what their columns are called. */
import type { Words } from "@/words/language";

interface LedgerWords {
  code: string;
  codeHint: string;
  codeUnknown: string;
  from: string;
  to: string;
  side: string;
  reason: string;
  all: string;
  buy: string;
  sell: string;
  clear: string;
  filters: string;
  preparing: string;
  reading: string;
  readingAll: (read: string) => string;
  shown: (rows: string) => string;
  total: (rows: string) => string;
  chosen: (rows: string) => string;
  nothing: string;
  nothingFits: string;
  saveCsv: string;
  saveChosen: string;
  toChart: string;
  cny: string;
}

export const WORDS: Words<LedgerWords> = {
  zh: {
    code: "证券",
    codeHint: "代码或名称",
    codeUnknown: "没有唯一匹配的证券",
    from: "起始日",
    to: "截止日",
    side: "方向",
    reason: "原因",
    all: "全部",
    buy: "买入",
    sell: "卖出",
    clear: "清除筛选",
    filters: "筛选",
    preparing: "正在重新计算这组参数的完整账户。网格单元的明细在首次查看时生成，稍候即可。",
    reading: "正在读取…",
    readingAll: (read) => `正在读取全部记录，已读 ${read} 条…`,
    shown: (rows) => `已显示 ${rows} 条，向下滚动继续`,
    total: (rows) => `共 ${rows} 条`,
    chosen: (rows) => `筛选出 ${rows} 条`,
    nothing: "没有记录",
    nothingFits: "没有符合筛选条件的记录",
    saveCsv: "导出全部 CSV",
    saveChosen: "导出筛选结果 CSV",
    toChart: "点击一行，在 K 线图上查看。",
    cny: "金额单位：元，价格为不复权成交价。",
  },
  en: {
    code: "Security",
    codeHint: "Code or name",
    codeUnknown: "No single security fits",
    from: "From",
    to: "To",
    side: "Side",
    reason: "Reason",
    all: "All",
    buy: "Buy",
    sell: "Sell",
    clear: "Clear filters",
    filters: "Filters",
    preparing:
      "The full account of these parameters is being computed. A grid's cells keep theirs only once somebody looks; it is there in a moment.",
    reading: "Reading…",
    readingAll: (read) => `Reading every row, ${read} so far…`,
    shown: (rows) => `${rows} rows shown, scroll for more`,
    total: (rows) => `${rows} rows`,
    chosen: (rows) => `${rows} rows fit`,
    nothing: "There are no rows",
    nothingFits: "No row fits the filters",
    saveCsv: "Save all as CSV",
    saveChosen: "Save what is shown as CSV",
    toChart: "Click a row to see it on the chart.",
    cny: "Amounts in CNY; prices as traded, unadjusted.",
  },
};
