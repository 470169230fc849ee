import type { Words } from "@/words/language";
import { STATES_EN, STATES_ZH, type States } from "./words-states";

const many = (count: number) => count.toLocaleString("en-US");

interface GridWords extends States {
  title: string;
  noId: string;
  noIdNext: string;
  toTemplates: string;
  adjusted: string;
  cash: (amount: string) => string;
  benchmark: (code: string) => string;
  done: (done: number, total: number) => string;
  total: (total: number) => string;
  table: string;
  heatmap: string;
  diagnosis: string;
  metric: string;
  across: string;
  down: string;
  none: string;
  state: string;
  choose: (parameters: string) => string;
  chosen: (count: number) => string;
  chosenHint: string;
  chosenMost: (count: number) => string;
  unchoose: string;
  view: string;
  again: string;
  againHint: string;
  edit: string;
  compare: string;
  best: string;
  bestSoFar: string;
  bestBy: string;
  byReturn: string;
  bySharpe: string;
  toDiagnosis: string;
  report: string;
  csv: string;
  csvMaking: (loaded: number, total: number) => string;
  filter: string;
  filterCount: (count: number) => string;
  filterLater: string;
  filterAll: (loaded: number, total: number) => string;
  filtered: (kept: number, total: number) => string;
  /** Of the rows, those that are on the page already. */
  shown: (loaded: number, total: number) => string;
  small: string;
  smallNote: string;
  clear: string;
  nothingLeft: string;
  nothingLeftNext: string;
  noRuns: string;
  addRange: string;
  addRangeHint: string;
  low: (label: string) => string;
  high: (label: string) => string;
  from: string;
  to: string;
  notNumber: string;
  remove: (label: string) => string;
  columns: string;
  columnsHint: string;
  columnsReset: string;
  heldBest: string;
  heldSoFar: (values: string) => string;
  mapHint: string;
  mapBest: string;
  mapEmpty: string;
  mapOne: string;
  archived: (day: string) => string;
  archivedNext: string;
  restore: string;
  restored: string;
  formula: string;
  verdictHint: string;
  deciders: string;
  others: string;
  trials: (count: number, sessions: number) => string;
}

export const WORDS: Words<GridWords> = {
  zh: {
    ...STATES_ZH,
    title: "参数网格",
    noId: "没有指定网格",
    noIdNext: "从一个模板开始，给参数填上几个候选值，就是一个网格。",
    toTemplates: "去看模板",
    adjusted: "信号用后复权价，成交用不复权价",
    cash: (amount) => `初始资金 ${amount}`,
    benchmark: (code) => `基准 ${code}`,
    done: (done, total) => `${many(done)} / ${many(total)} 组`,
    total: (total) => `共 ${many(total)} 组`,
    table: "结果表",
    heatmap: "热力图",
    diagnosis: "过拟合诊断",
    metric: "指标",
    across: "横轴",
    down: "纵轴",
    none: "无",
    state: "状态",
    choose: (parameters) => `选中 ${parameters}`,
    chosen: (count) => `已选 ${count} 组`,
    chosenHint: "点一行打开那次回测；勾选 1 组可用它的参数回测，勾选 2 到 4 组可以对比。",
    chosenMost: (count) => `最多同时选 ${count} 组`,
    unchoose: "取消选择",
    view: "查看结果",
    again: "用这组参数回测",
    againHint: "提交一次单独的回测，带完整账本",
    edit: "在编辑器中打开",
    compare: "对比",
    best: "最好的一组",
    bestSoFar: "目前最好的一组",
    bestBy: "最好的依据",
    byReturn: "按总收益",
    bySharpe: "按夏普",
    toDiagnosis: "看诊断",
    report: "HTML 报告",
    csv: "导出 CSV",
    csvMaking: (loaded, total) => `正在读取 ${many(loaded)} / ${many(total)}`,
    filter: "筛选",
    filterCount: (count) => `筛选 · ${count}`,
    filterLater: "网格结束后才能筛选和导出：结果还在变。",
    filterAll: (loaded, total) => `筛选要看全部结果，正在读取 ${many(loaded)} / ${many(total)} 组…`,
    filtered: (kept, total) => `${many(kept)} / ${many(total)} 组符合`,
    shown: (loaded, total) =>
      loaded === total ? `共 ${many(total)} 组` : `已载入 ${many(loaded)} / ${many(total)} 组，往下滚动继续`,
    small: "样本不足",
    smallNote: "* 交易或交易日太少，样本不足",
    clear: "清除筛选",
    nothingLeft: "没有一组符合这些条件",
    nothingLeftNext: "放宽一个范围，或者清除筛选。",
    noRuns: "没有这个状态的组合",
    addRange: "按指标筛选",
    addRangeHint: "选一个指标…",
    low: (label) => `${label} 不低于`,
    high: (label) => `${label} 不高于`,
    from: "从",
    to: "到",
    notNumber: "请填数字",
    remove: (label) => `去掉 ${label}`,
    columns: "选择列",
    columnsHint: "参数总在表里；这里选要看的指标，下次打开还是这些。",
    columnsReset: "恢复默认",
    heldBest: "随最好的一组",
    heldSoFar: (values) => `其余参数取目前收益最高的一组：${values}`,
    mapHint:
      "点一格打开那次回测；键盘用方向键移动，回车打开。空白：约束排除、没有算、失败，或这一组没有该指标（比如没有交易）。",
    mapBest: "收益最高的一组",
    mapEmpty: "这一层还没有算出结果",
    mapOne: "只有一组参数，没有地图可画",
    archived: (day) => `这个网格已于 ${day} 归档：只留汇总，各组结果收起来了。`,
    archivedNext: "恢复后和归档前完全一样。",
    restore: "恢复全部结果",
    restored: "已恢复",
    formula: "公式与出处",
    verdictHint: "再好看的最优也只是挑出来的。诊断问的是：扣掉挑选的运气，还剩多少。",
    deciders: "决定总评的三项",
    others: "其他指标",
    trials: (count, sessions) => `共 ${many(count)} 次尝试 · ${many(sessions)} 个交易日`,
  },
  en: {
    ...STATES_EN,
    title: "Grid",
    noId: "No grid is named",
    noIdNext: "Begin with a template and give a parameter several candidates: that is a grid.",
    toTemplates: "To the templates",
    adjusted: "Signals on back-adjusted prices, trades at real ones",
    cash: (amount) => `capital ${amount}`,
    benchmark: (code) => `benchmark ${code}`,
    done: (done, total) => `${many(done)} of ${many(total)}`,
    total: (total) => `${many(total)} combinations`,
    table: "Table",
    heatmap: "Heatmap",
    diagnosis: "Overfitting",
    metric: "Figure",
    across: "Across",
    down: "Down",
    none: "none",
    state: "State",
    choose: (parameters) => `Select ${parameters}`,
    chosen: (count) => `${count} selected`,
    chosenHint: "A row opens its run. Select one to run with its parameters, two to four to compare them.",
    chosenMost: (count) => `At most ${count} can be selected`,
    unchoose: "Clear selection",
    view: "Open result",
    again: "Run with these",
    againHint: "Submits a run of its own, with its full ledger",
    edit: "Open in editor",
    compare: "Compare",
    best: "The best",
    bestSoFar: "Best so far",
    bestBy: "Best by",
    byReturn: "By return",
    bySharpe: "By Sharpe",
    toDiagnosis: "See the diagnosis",
    report: "HTML report",
    csv: "Save CSV",
    csvMaking: (loaded, total) => `Reading ${many(loaded)} of ${many(total)}`,
    filter: "Filter",
    filterCount: (count) => `Filter · ${count}`,
    filterLater: "Filters and the file come once the grid has ended: results still change.",
    filterAll: (loaded, total) => `Filters look at every result: reading ${many(loaded)} of ${many(total)}…`,
    filtered: (kept, total) => `${many(kept)} of ${many(total)} match`,
    shown: (loaded, total) =>
      loaded === total ? `${many(total)} rows` : `${many(loaded)} of ${many(total)} loaded; scroll for more`,
    small: "Small sample",
    smallNote: "* too few trades or sessions behind it",
    clear: "Clear filters",
    nothingLeft: "Nothing matches these filters",
    nothingLeftNext: "Widen a range, or clear the filters.",
    noRuns: "No combination is in this state",
    addRange: "Filter by a figure",
    addRangeHint: "Choose a figure…",
    low: (label) => `${label} at least`,
    high: (label) => `${label} at most`,
    from: "from",
    to: "to",
    notNumber: "Not a number",
    remove: (label) => `Remove ${label}`,
    columns: "Columns",
    columnsHint: "Parameters are always in the table; choose the figures. They stay chosen.",
    columnsReset: "As at first",
    heldBest: "as of the best",
    heldSoFar: (values) => `Other parameters are those of the best return so far: ${values}`,
    mapHint:
      "A cell opens its run; arrow keys move, Enter opens. Empty: excluded by require, not computed, failed, or without this figure (no trades, say).",
    mapBest: "Highest return",
    mapEmpty: "Nothing of this slice is computed yet",
    mapOne: "There is one combination only: no map to draw",
    archived: (day) => `This grid was archived on ${day}: its summary is here, its runs are put away.`,
    archivedNext: "Restored, it is exactly as it was.",
    restore: "Restore all results",
    restored: "Restored",
    formula: "Formula and source",
    verdictHint:
      "The best of many always looks good. The diagnosis asks what is left of it without the luck of choosing.",
    deciders: "What decides the verdict",
    others: "Other indicators",
    trials: (count, sessions) => `${many(count)} trials · ${many(sessions)} sessions`,
  },
};
