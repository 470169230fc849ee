import type { Words } from "@/words/language";

interface GridWords {
  title: string;
  noId: string;
  status: Record<string, string>;
  done: (done: number, total: number) => string;
  table: string;
  heatmap: string;
  diagnosis: string;
  metric: string;
  across: string;
  down: string;
  none: string;
  rank: string;
  more: string;
  open: string;
  again: string;
  best: string;
  skipped: (count: number) => string;
  reused: (count: number) => string;
  failed: (count: number) => string;
  verdicts: Record<string, string>;
}

export const WORDS: Words<GridWords> = {
  zh: {
    title: "参数网格",
    noId: "没有指定网格",
    status: {
      queued: "排队中",
      planning: "准备中",
      running: "运行中",
      aggregating: "汇总中",
      finished: "完成",
      cancelled: "已取消",
      incomplete: "不完整",
    },
    done: (done, total) => `${done.toLocaleString("en-US")} / ${total.toLocaleString("en-US")} 组`,
    table: "结果表",
    heatmap: "热力图",
    diagnosis: "过拟合诊断",
    metric: "指标",
    across: "横轴",
    down: "纵轴",
    none: "无",
    rank: "名次",
    more: "加载更多",
    open: "查看",
    again: "用这组参数回测",
    best: "目前最好",
    skipped: (count) => `约束排除 ${count.toLocaleString("en-US")} 组`,
    reused: (count) => `${count.toLocaleString("en-US")} 组取自已有结果`,
    failed: (count) => `${count.toLocaleString("en-US")} 组失败`,
    verdicts: { good: "可信", doubtful: "存疑", bad: "不可信", unknown: "无法判断" },
  },
  en: {
    title: "Grid",
    noId: "No grid is named",
    status: {
      queued: "Queued",
      planning: "Being prepared",
      running: "Running",
      aggregating: "Being summed up",
      finished: "Done",
      cancelled: "Cancelled",
      incomplete: "Incomplete",
    },
    done: (done, total) => `${done.toLocaleString("en-US")} of ${total.toLocaleString("en-US")}`,
    table: "Table",
    heatmap: "Heatmap",
    diagnosis: "Overfitting",
    metric: "Figure",
    across: "Across",
    down: "Down",
    none: "none",
    rank: "Rank",
    more: "More",
    open: "Open",
    again: "Run with these",
    best: "Best so far",
    skipped: (count) => `${count.toLocaleString("en-US")} excluded by require`,
    reused: (count) => `${count.toLocaleString("en-US")} known already`,
    failed: (count) => `${count.toLocaleString("en-US")} failed`,
    verdicts: { good: "Sound", doubtful: "Doubtful", bad: "Not to be believed", unknown: "Unknown" },
  },
};
