import type { Words } from "@/words/language";

interface HistoryWords {
  title: string;
  about: string;
  table: string;
  search: string;
  searchHint: string;
  filter: string;
  everything: string;
  percent: (state: string, percent: string) => string;
  strategy: string;
  kind: string;
  single: string;
  grid: (count: string) => string;
  status: string;
  window: string;
  universe: string;
  made: string;
  version: (version: number) => string;
  cancel: string;
  cancelJob: (name: string) => string;
  cancelled: string;
  choose: string;
  chooseOne: (name: string) => string;
  compare: (count: number) => string;
  clear: string;
  most: (count: number) => string;
  loaded: (shown: string, loaded: string, more: boolean) => string;
  none: string;
  noneHelp: string;
  begin: string;
  nothing: string;
  nothingHelp: string;
  reset: string;
}

export const WORDS: Words<HistoryWords> = {
  zh: {
    title: "历史",
    about: "提交过的全部回测，新的在前；网格显示其中收益最高的一组。",
    table: "全部回测",
    search: "名称或备注",
    searchHint: "例如 dual 或 海龟",
    filter: "状态",
    everything: "全部",
    percent: (state, percent) => `${state} ${percent}`,
    strategy: "策略",
    kind: "类型",
    single: "单次",
    grid: (count) => `网格 ${count} 组`,
    status: "状态",
    window: "回测区间",
    universe: "周期 · 股票池",
    made: "提交时间",
    version: (version) => `第 ${version} 版`,
    cancel: "取消",
    cancelJob: (name) => `取消 ${name}`,
    cancelled: "已请求取消，正在停止",
    choose: "选",
    chooseOne: (name) => `选入对比：${name}`,
    compare: (count) => `对比所选 (${count})`,
    clear: "清除所选",
    most: (count) => `最多对比 ${count} 个`,
    loaded: (shown, loaded, more) =>
      `显示 ${shown} 个，已载入 ${loaded} 个${more ? "，向下滚动载入更早的" : "，已是全部"}`,
    none: "还没有回测",
    noneHelp: "选一个策略模板，一次点击就能得到第一个结果。",
    begin: "去看策略模板",
    nothing: "没有符合条件的回测",
    nothingHelp: "换一个名称或状态再试。",
    reset: "清除筛选",
  },
  en: {
    title: "History",
    about: "All that you submitted, newest first; a grid shows its best run by return.",
    table: "All backtests",
    search: "Name or notes",
    searchHint: "dual, say, or turtle",
    filter: "Status",
    everything: "All",
    percent: (state, percent) => `${state} ${percent}`,
    strategy: "Strategy",
    kind: "Kind",
    single: "Single",
    grid: (count) => `Grid of ${count}`,
    status: "Status",
    window: "Window",
    universe: "Bars · universe",
    made: "Submitted",
    version: (version) => `version ${version}`,
    cancel: "Cancel",
    cancelJob: (name) => `Cancel ${name}`,
    cancelled: "Asked to stop; it ends in a moment",
    choose: "Pick",
    chooseOne: (name) => `Pick for comparison: ${name}`,
    compare: (count) => `Compare (${count})`,
    clear: "Unpick all",
    most: (count) => `At most ${count} are compared`,
    loaded: (shown, loaded, more) =>
      `${shown} shown of ${loaded} loaded${more ? "; scroll down for older ones" : ", which are all"}`,
    none: "No backtests yet",
    noneHelp: "Take a template: the first result is one click away.",
    begin: "See the templates",
    nothing: "No backtest is like that",
    nothingHelp: "Try another name or status.",
    reset: "Clear the filters",
  },
};
