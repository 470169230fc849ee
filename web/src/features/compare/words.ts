import type { Words } from "@/words/language";
import type { Alignment } from "./align";
import type { Named } from "./settings";

interface CompareWords {
  title: string;
  about: string;
  add: string;
  none: string;
  noneHelp: string;
  history: string;
  most: (count: number) => string;
  cut: (count: number) => string;
  legend: string;
  show: (name: string) => string;
  remove: (name: string) => string;
  removeBroken: (id: string) => string;
  cannot: string;
  benchmark: (code: string, letters: string) => string;
  benchmarks: string;
  curves: string;
  equity: string;
  drawdown: string;
  alignment: string;
  alignments: Record<Alignment, string>;
  alignmentHelp: Record<Alignment, string>;
  nothingCommon: string;
  scale: string;
  linear: string;
  log: string;
  session: (place: string) => string;
  zoom: string;
  thinned: (step: number, sessions: string) => string;
  adjusted: string;
  figures: string;
  figure: string;
  windowsDiffer: string;
  common: (start: string, end: string) => string;
  commonGain: string;
  commonWorst: string;
  best: string;
  bestMeans: string;
  all: string;
  fewer: string;
  tooSmall: string;
  save: string;
  settings: string;
  setting: string;
  otherParameters: string;
  onlyDifferent: string;
  nothingDiffers: string;
  same: (count: number) => string;
  named: Record<Named, string>;
  picker: string;
  pickerAbout: (count: number) => string;
  search: string;
  paste: string;
  pasteHint: string;
  pasteAdd: string;
  notAnId: string;
  gridBest: string;
  done: string;
  older: string;
  full: string;
  noRuns: string;
  looking: string;
}

export const WORDS: Words<CompareWords> = {
  zh: {
    title: "对比",
    about: "把多次回测放到同一条时间轴上：曲线、回撤、指标和设置并排比较。地址栏里的链接可以收藏。",
    add: "添加回测",
    none: "还没有选择要对比的回测",
    noneHelp: "从最近的回测里选两个或更多，或在“历史”里勾选后点“对比所选”。",
    history: "去历史里选",
    most: (count) => `最多 ${count} 个`,
    cut: (count) => `链接里的回测超过 ${count} 个，只显示前 ${count} 个。`,
    legend: "图例：点击名称隐藏或显示曲线",
    show: (name) => `显示曲线 ${name}`,
    remove: (name) => `移出对比：${name}`,
    removeBroken: (id) => `移除 ${id}`,
    cannot: "有回测无法参与对比。把它移除，其余的就能显示。",
    benchmark: (code, letters) => `基准 ${code}${letters && `（${letters} 的区间）`}`,
    benchmarks: "基准",
    curves: "净值与回撤",
    equity: "净值（期初 = 1）",
    drawdown: "回撤",
    alignment: "对齐方式",
    alignments: { calendar: "日历", common: "共同区间", start: "各自起点" },
    alignmentHelp: {
      calendar: "按交易日对齐，每条曲线从自己的初始资金（1）开始。",
      common: "只看所有回测都在交易的日子，净值以区间前一日收盘为 1，回撤在区间内重新计算。",
      start: "横轴是开始后的第几个交易日，不同年份的回测可以叠在一起看；不显示基准。",
    },
    nothingCommon: "这些回测没有共同的交易日，无法看共同区间。",
    scale: "坐标",
    linear: "线性",
    log: "对数",
    session: (place) => `第 ${place} 个交易日`,
    zoom: "拖动下方滑块，或按住 Ctrl 滚动滚轮缩放。",
    thinned: (step, sessions) => `共 ${sessions} 个交易日，图中每 ${step} 日取一点；回撤按全部交易日计算。`,
    adjusted: "后复权信号，按不复权价格成交。",
    figures: "绩效指标",
    figure: "指标",
    windowsDiffer: "回测区间不同：总收益、最大回撤等随区间长短变化的指标不标最优，请看年化与风险调整后的指标。",
    common: (start, end) => `共同区间 ${start} – ${end}`,
    commonGain: "区间收益",
    commonWorst: "区间最大回撤",
    best: "最优",
    bestMeans: "★ 为该行最优。收益高不等于可信：请同时看回撤、样本大小和网格诊断。",
    all: "显示全部指标",
    fewer: "只看主要指标",
    tooSmall: "样本不足",
    save: "导出 CSV",
    settings: "参数与设置",
    setting: "项目",
    otherParameters: "各自的参数",
    onlyDifferent: "只看不同的",
    nothingDiffers: "参数与设置完全相同。",
    same: (count) => `另有 ${count} 项相同`,
    named: {
      strategy: "策略",
      window: "回测区间",
      universe: "股票池",
      frequency: "周期",
      datasource_version: "数据版本",
      initial_cash: "初始资金（元）",
      benchmark: "基准",
    },
    picker: "选择要对比的回测",
    pickerAbout: (count) => `最多 ${count} 个。这里列出每个回测最近一次成功的结果；网格取收益最高的一组。`,
    search: "按名称或备注查找",
    paste: "或粘贴结果页的链接、编号",
    pasteHint: "例如网格里某一组的结果页地址；多个用逗号隔开",
    pasteAdd: "加入",
    notAnId: "里面没有回测编号",
    gridBest: "网格最优",
    done: "完成",
    older: "载入更早的",
    full: "已满",
    noRuns: "没有可以对比的回测",
    looking: "正在读取…",
  },
  en: {
    title: "Compare",
    about:
      "Runs on one axis of time: curves, drawdowns, figures and settings side by side. The address of this page can be kept.",
    add: "Add runs",
    none: "No runs to compare yet",
    noneHelp: "Pick two or more of the latest runs here, or tick them in History and press Compare.",
    history: "Pick in History",
    most: (count) => `at most ${count}`,
    cut: (count) => `The link names more than ${count} runs; the first ${count} are shown.`,
    legend: "Legend: press a name to hide or show its curve",
    show: (name) => `Show the curve ${name}`,
    remove: (name) => `Remove ${name}`,
    removeBroken: (id) => `Remove ${id}`,
    cannot: "Some runs cannot be compared. Remove them, and the others are shown.",
    benchmark: (code, letters) => `Benchmark ${code}${letters && ` (window of ${letters})`}`,
    benchmarks: "Benchmarks",
    curves: "Equity and drawdown",
    equity: "Equity (from 1)",
    drawdown: "Drawdown",
    alignment: "Alignment",
    alignments: { calendar: "Calendar", common: "Common window", start: "From the start" },
    alignmentHelp: {
      calendar: "By sessions; each curve begins with its own initial cash, 1.",
      common:
        "Only sessions in which all of them trade; equity is 1 at the close before, drawdowns are measured within the window.",
      start:
        "The axis counts sessions since each run began, so that runs of different years lie on each other; no benchmark.",
    },
    nothingCommon: "These runs have no sessions in common.",
    scale: "Scale",
    linear: "Linear",
    log: "Log",
    session: (place) => `session ${place}`,
    zoom: "Drag the slider below, or hold Ctrl and turn the wheel, to zoom.",
    thinned: (step, sessions) =>
      `${sessions} sessions, of which every ${step}th is drawn; drawdowns are measured over all of them.`,
    adjusted: "Signals on back-adjusted prices, trades at real ones.",
    figures: "Figures",
    figure: "Figure",
    windowsDiffer:
      "The windows differ: of figures that grow with the window, like the total return, none is marked as best. Look at the annual and risk-adjusted ones.",
    common: (start, end) => `Common window ${start} – ${end}`,
    commonGain: "Return within",
    commonWorst: "Drawdown within",
    best: "best",
    bestMeans:
      "★ is the best of its row. A high return is no proof: look at drawdown, sample and the grid's diagnosis, too.",
    all: "All figures",
    fewer: "Main figures",
    tooSmall: "Small sample",
    save: "Save CSV",
    settings: "Parameters and settings",
    setting: "Setting",
    otherParameters: "Own parameters",
    onlyDifferent: "Only what differs",
    nothingDiffers: "Parameters and settings are all the same.",
    same: (count) => `${count} more are the same`,
    named: {
      strategy: "Strategy",
      window: "Window",
      universe: "Universe",
      frequency: "Bars",
      datasource_version: "Data",
      initial_cash: "Initial cash (CNY)",
      benchmark: "Benchmark",
    },
    picker: "Pick runs to compare",
    pickerAbout: (count) =>
      `At most ${count}. Each backtest's latest run that succeeded; of a grid, its best by return.`,
    search: "Find by name or notes",
    paste: "Or paste addresses or ids of results",
    pasteHint: "The address of a grid's run, say; several with commas between them",
    pasteAdd: "Add",
    notAnId: "There is no id of a run in this",
    gridBest: "grid's best",
    done: "Done",
    older: "Load older ones",
    full: "Full",
    noRuns: "No runs that can be compared",
    looking: "Looking up…",
  },
};
