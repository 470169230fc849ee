import type { Words } from "@/words/language";

interface RunWords {
  title: string;
  noId: string;
  status: Record<"queued" | "running" | "succeeded" | "failed" | "cancelled", string>;
  waiting: string;
  preparing: string;
  equity: string;
  strategy: string;
  underwater: string;
  benchmark: string;
  linear: string;
  log: string;
  scale: string;
  monthly: string;
  year: string;
  whole: string;
  months: (month: number) => string;
  tooSmall: string;
  adjusted: string;
}

export const WORDS: Words<RunWords> = {
  zh: {
    title: "回测结果",
    noId: "没有指定回测",
    status: { queued: "排队中", running: "运行中", succeeded: "完成", failed: "失败", cancelled: "已取消" },
    waiting: "正在等待空闲的计算节点…",
    preparing: "正在准备图表…",
    equity: "净值",
    strategy: "策略",
    underwater: "回撤",
    benchmark: "基准",
    linear: "线性",
    log: "对数",
    scale: "坐标",
    monthly: "月度收益",
    year: "年份",
    whole: "全年",
    months: (month) => `${month}月`,
    tooSmall: "样本不足",
    adjusted: "后复权信号，按不复权价格成交",
  },
  en: {
    title: "Result",
    noId: "No run is named",
    status: { queued: "Queued", running: "Running", succeeded: "Done", failed: "Failed", cancelled: "Cancelled" },
    waiting: "Waiting for a free worker…",
    preparing: "Charts are being prepared…",
    equity: "Equity",
    strategy: "Strategy",
    underwater: "Drawdown",
    benchmark: "Benchmark",
    linear: "Linear",
    log: "Log",
    scale: "Scale",
    monthly: "Months",
    year: "Year",
    whole: "Year",
    months: (month) => new Date(2000, month - 1, 1).toLocaleString("en-US", { month: "short" }),
    tooSmall: "Small sample",
    adjusted: "Signals on back-adjusted prices, trades at real ones",
  },
};
