import type { Words } from "@/words/language";

export type Plan = "free" | "pro";

interface PricingWords {
  title: string;
  lead: string;
  plans: Record<Plan, { name: string; price: string; text: string; has: readonly string[] }>;
  yours: string;
  start: string;
  subscribe: string;
  noted: string;
  notedText: string;
  failed: string;
  seeUse: string;
  notes: readonly string[];
}

export const WORDS: Words<PricingWords> = {
  zh: {
    title: "价格",
    lead: "现在不收费，也不能付费。专业版还没有开放；这里只收集意向。",
    plans: {
      free: {
        name: "免费版",
        price: "0 元",
        text: "全部功能都在这里。",
        has: [
          "策略、回测、参数网格、诊断、对比、分享",
          "每月的参数组合数和计算时间有额度，只作提示，用完也能继续",
          "API、命令行和 Python 客户端",
        ],
      },
      pro: {
        name: "专业版",
        price: "尚未开放，没有定价",
        text: "功能与免费版相同，区别在用量。",
        has: ["参数组合、计算时间、策略数和分享链接的额度更高", "平台繁忙时分到更多的计算资源"],
      },
    },
    yours: "当前套餐",
    start: "开始使用",
    subscribe: "我想订阅",
    noted: "已记下这个意向，谢谢。",
    notedText: "没有发生任何扣费，也没有记录是谁：只是按天计数。",
    failed: "没有记上，请再试一次。",
    seeUse: "账户与用量",
    notes: [
      "额度由平台的管理员设定，可能调整；你的额度以“账户”页为准。",
      "自己部署时没有套餐费用，软件按 Apache-2.0 许可开源；云服务的费用由部署者承担。",
    ],
  },
  en: {
    title: "Pricing",
    lead: "Everything is free for now, and there is nothing to pay for. Pro is not on sale yet; this page only counts who would want it.",
    plans: {
      free: {
        name: "Free",
        price: "CNY 0",
        text: "Every feature is here.",
        has: [
          "Strategies, backtests, grids, diagnosis, comparison, share links",
          "Monthly quotas of combinations and computing time, as hints only: beyond them everything goes on",
          "API, command line and Python client",
        ],
      },
      pro: {
        name: "Pro",
        price: "Not on sale yet, no price",
        text: "The same features, in larger amounts.",
        has: [
          "Higher quotas of combinations, computing time, strategies and share links",
          "A larger share of the workers while the platform is busy",
        ],
      },
    },
    yours: "Your plan",
    start: "Get started",
    subscribe: "I would subscribe",
    noted: "Noted, thank you.",
    notedText: "Nothing was charged, and who you are was not recorded: it is a count by day.",
    failed: "It could not be noted. Please try again.",
    seeUse: "Account and use",
    notes: [
      "The operator of the platform sets the quotas and may change them; yours are on the account page.",
      "Self-hosting needs no plan: the software is open source under Apache-2.0, and the cloud bill is yours.",
    ],
  },
};
