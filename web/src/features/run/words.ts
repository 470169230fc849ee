/** Words of a run's page: its head, its tabs, how it stands. Those of its parts lie beside them. */
import type { Words } from "@/words/language";
import type { TabKey } from "./tabs";

interface Reason {
  title: string;
  text: string;
}

interface RunWords {
  title: string;
  noId: string;
  toHistory: string;
  status: Record<"queued" | "running" | "succeeded" | "failed" | "cancelled", string>;
  waiting: string;
  tabs: string;
  tab: Record<TabKey, string>;
  edit: string;
  toCompare: string;
  itsGrid: string;
  synthetic: string;
  syntheticMeans: string;
  reused: string;
  reusedMeans: string;
  cash: string;
  benchmark: string;
  noBenchmark: string;
  adjusted: string;
  tradedAt: string;
  frequencies: Readonly<Record<string, string>>;
  cancelled: Record<"budget" | "early_stop" | "owner", Reason>;
  partial: string;
  failedHere: string;
  failedThere: string;
  archived: string;
  archivedSince: (time: string) => string;
  restore: string;
}

export const WORDS: Words<RunWords> = {
  zh: {
    title: "回测结果",
    noId: "没有指定回测",
    toHistory: "从历史记录中选择",
    status: { queued: "排队中", running: "运行中", succeeded: "完成", failed: "失败", cancelled: "已取消" },
    waiting: "正在等待空闲的计算节点…",
    tabs: "回测结果的各部分",
    tab: {
      overview: "概览",
      chart: "K线",
      trades: "成交",
      positions: "持仓",
      refusals: "拒单",
      parameters: "参数",
      findings: "诊断",
      configuration: "配置",
      events: "事件",
      log: "日志",
    },
    edit: "修改后重跑",
    toCompare: "加入对比",
    itsGrid: "查看所属网格",
    synthetic: "合成数据",
    syntheticMeans: "行情是虚构的示例数据，不对应任何真实公司；结果只用于熟悉平台。",
    reused: "沿用已有结果",
    reusedMeans: "同样的回测以前算过：策略、参数、数据版本、规则与引擎都相同，数字逐位一致。",
    cash: "初始资金",
    benchmark: "基准",
    noBenchmark: "无基准",
    adjusted: "后复权信号，按不复权价格成交",
    tradedAt: "按不复权价格成交",
    frequencies: {
      "1d": "日线",
      "1w": "周线",
      "1mo": "月线",
      "1m": "1 分钟",
      "5m": "5 分钟",
      "15m": "15 分钟",
      "30m": "30 分钟",
      "60m": "60 分钟",
    },
    cancelled: {
      owner: { title: "这次回测已被取消", text: "没有跑完的回测不给指标。需要时可以修改后重跑。" },
      budget: {
        title: "计算预算用完，这次回测没有算完",
        text: "没有跑完的回测不给指标、不排名，也不生成报告。提高预算或缩短区间后可以重跑。",
      },
      early_stop: {
        title: "网格提前停止，这组参数没有计算",
        text: "前面连续多组参数都没有带来更好的结果。需要时可以单独回测这组参数。",
      },
    },
    partial: "停止之前的账户已保留：成交、持仓、拒单与事件可在下面的标签页查看、导出。",
    failedHere: "这是平台的问题，与策略无关：重新提交通常就能完成，已算出的部分不会重复计算。",
    failedThere: "请按提示修改策略、参数或区间后重新提交。",
    archived: "这次回测已归档",
    archivedSince: (time) =>
      `归档于 ${time}。恢复后数字、图表与文件都与归档前完全一致；如果它属于一个网格，整个网格会一起恢复。`,
    restore: "恢复",
  },
  en: {
    title: "Result",
    noId: "No run is named",
    toHistory: "Choose one from the history",
    status: { queued: "Queued", running: "Running", succeeded: "Done", failed: "Failed", cancelled: "Cancelled" },
    waiting: "Waiting for a free worker…",
    tabs: "Parts of the result",
    tab: {
      overview: "Overview",
      chart: "Chart",
      trades: "Trades",
      positions: "Positions",
      refusals: "Refused",
      parameters: "Parameters",
      findings: "Findings",
      configuration: "Configuration",
      events: "Events",
      log: "Log",
    },
    edit: "Edit and rerun",
    toCompare: "Compare",
    itsGrid: "The grid it belongs to",
    synthetic: "Synthetic data",
    syntheticMeans: "Prices are invented and of no real company: the result only shows how the platform works.",
    reused: "Known result",
    reusedMeans:
      "The same backtest was computed before: same strategy, parameters, data, rules and engine, the same bits.",
    cash: "Initial cash",
    benchmark: "Benchmark",
    noBenchmark: "No benchmark",
    adjusted: "Signals on back-adjusted prices, trades at prices as traded",
    tradedAt: "Trades at prices as traded",
    frequencies: {
      "1d": "Daily",
      "1w": "Weekly",
      "1mo": "Monthly",
      "1m": "1 min",
      "5m": "5 min",
      "15m": "15 min",
      "30m": "30 min",
      "60m": "60 min",
    },
    cancelled: {
      owner: { title: "This run was cancelled", text: "Half a run has no figures. It can be edited and run again." },
      budget: {
        title: "The compute budget was used up before the end",
        text: "Half a run has no figures, no rank and no report. Raise the budget or shorten the window, and run it again.",
      },
      early_stop: {
        title: "The grid stopped early: these parameters were not computed",
        text: "A row of runs before it brought nothing better. These parameters can still be run alone.",
      },
    },
    partial: "The account up to there is kept: trades, positions, refused orders and events are in the tabs below.",
    failedHere: "The platform failed, not the strategy: submit it again; what is known is not computed twice.",
    failedThere: "Change the strategy, its parameters or the window as told, and submit it again.",
    archived: "This run is archived",
    archivedSince: (time) =>
      `Since ${time}. Restored, its figures, charts and files are exactly what they were; a grid comes back with all its runs.`,
    restore: "Restore",
  },
};
