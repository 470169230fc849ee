/** States of a grid and its runs in words, and why something of it is missing. */

const many = (count: number) => count.toLocaleString("en-US");

export interface States {
  status: Record<string, string>;
  runStatus: Record<string, string>;
  all: string;
  skipped: (count: number) => string;
  reused: (count: number) => string;
  /** Why runs were cancelled, by the API's reason; "" is their owner. */
  cancelled: Record<string, (cancelled: number, done: number) => string>;
  reasons: Record<string, string>;
  failed: (count: number) => string;
  allFailed: string;
  summing: string;
  incomplete: string;
  times: (count: number) => string;
  verdicts: Record<string, string>;
}

export const STATES_ZH: States = {
  status: {
    queued: "排队中",
    planning: "准备数据",
    running: "运行中",
    aggregating: "汇总中",
    finished: "完成",
    cancelled: "已取消",
    incomplete: "不完整",
  },
  runStatus: { queued: "排队中", running: "运行中", succeeded: "成功", failed: "失败", cancelled: "取消" },
  all: "全部",
  skipped: (count) => `策略的 require 约束排除 ${many(count)} 组`,
  reused: (count) => `${many(count)} 组取自以前算过的结果`,
  cancelled: {
    "": (cancelled, done) => `已按你的要求取消：${many(cancelled)} 组没有算，下面是已算完的 ${many(done)} 组。`,
    budget: (cancelled, done) =>
      `计算预算用完，到此为止：${many(cancelled)} 组没有算，下面是已算完的 ${many(done)} 组。最好的一组只在算过的里面挑。`,
    early_stop: (cancelled, done) =>
      `提前停止：连续若干组没有更好，后面 ${many(cancelled)} 组没有再算；结果只看前面的 ${many(done)} 组。`,
  },
  reasons: { "": "手动取消", budget: "计算预算用完", early_stop: "提前停止" },
  failed: (count) => `${many(count)} 组失败，原因如下；其余的组不受影响。`,
  allFailed: "所有组合都失败了，原因如下。",
  summing: "正在汇总和诊断，结果表已经可以看了…",
  incomplete: "平台在一些组合上出了错，不是参数的问题。重新提交同一个网格即可，算好的不会重算。",
  times: (count) => `${many(count)} 组`,
  verdicts: { good: "可信", doubtful: "存疑", bad: "不可信", unknown: "无法判断" },
};

export const STATES_EN: States = {
  status: {
    queued: "Queued",
    planning: "Data in preparation",
    running: "Running",
    aggregating: "Summing up",
    finished: "Done",
    cancelled: "Cancelled",
    incomplete: "Incomplete",
  },
  runStatus: { queued: "Queued", running: "Running", succeeded: "Succeeded", failed: "Failed", cancelled: "Cancelled" },
  all: "All",
  skipped: (count) => `${many(count)} excluded by the strategy's require`,
  reused: (count) => `${many(count)} known from earlier runs`,
  cancelled: {
    "": (cancelled, done) =>
      `Cancelled as you asked: ${many(cancelled)} were not computed; below are the ${many(done)} that were.`,
    budget: (cancelled, done) =>
      `The compute budget is used up: ${many(cancelled)} were not computed; below are the ${many(done)} that were. The best is the best of those.`,
    early_stop: (cancelled, done) =>
      `Stopped early: enough in a row were no better, so ${many(cancelled)} more were left out; results are of the first ${many(done)}.`,
  },
  reasons: { "": "Cancelled by hand", budget: "Budget used up", early_stop: "Stopped early" },
  failed: (count) => `${many(count)} failed, for the reasons below; the others are not affected.`,
  allFailed: "Every combination failed, for the reasons below.",
  summing: "Summing up and judging; the table can be read already…",
  incomplete:
    "The platform failed on some combinations, which is no fault of the parameters. Submit the same grid again: what is known is not computed again.",
  times: (count) => `${many(count)} runs`,
  verdicts: { good: "Good", doubtful: "Doubtful", bad: "Bad", unknown: "Unknown" },
};
