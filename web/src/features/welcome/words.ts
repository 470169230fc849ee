import type { State } from "@/jobs/submissions";
import type { Words } from "@/words/language";

interface WelcomeWords {
  headline: string;
  lead: string;
  signIn: string;
  signUp: string;
  tutorial: string;
  demoNote: string;
  pointsTitle: string;
  points: readonly { title: string; text: string }[];
  forTitle: string;
  forWhom: readonly string[];
  notFor: string;
  exampleTitle: string;
  exampleText: string;
  about: string;
  hello: string;
  firstText: string;
  start: string;
  recent: string;
  all: string;
  none: string;
  single: string;
  grid: string;
  status: Record<State, string>;
  next: string;
  places: readonly { href: string; title: string; text: string }[];
}

export const WORDS: Words<WelcomeWords> = {
  zh: {
    headline: "按规则交易 A 股，先把结果算对",
    lead: "用一段短文本写下策略，一次回测或一整片参数网格，得到可以核对、可以重算的结果。",
    signIn: "登录",
    signUp: "注册账户",
    tutorial: "看教程",
    demoNote: "演示账户不用注册；用的是虚构的样本市场。",
    pointsTitle: "它和一般回测工具的不同",
    points: [
      {
        title: "市场规则有日期、有出处",
        text: "T+1、各板块涨跌停、整手、停牌、分红和历年税费逐条记录生效日期，规则版本写进每个结果。",
      },
      {
        title: "拒单也是结果",
        text: "市场不会让它成交的委托逐笔列出，并写明是哪条规则挡住的。",
      },
      {
        title: "网格里的一格就是那一次回测",
        text: "同样的参数，单独跑和在网格里跑，数字逐位相同。",
      },
      {
        title: "最好的一组，先扣掉运气",
        text: "每个网格都附带诊断：试了多少次、换一段时间是否成立、比基准强不强、邻近参数好不好。",
      },
      {
        title: "资金精确到厘",
        text: "金额用整数计算，精确到 0.001 元，没有浮点误差。",
      },
      {
        title: "可以重算、可以核对",
        text: "同样的内容得到同样的结果；数据、规则和引擎的版本都记在结果里，别人可以重算核对。",
      },
    ],
    forTitle: "适合谁",
    forWhom: [
      "自己写规则、想知道它在 A 股规则下究竟能不能成交的个人",
      "要在全市场上比较很多组参数、又不想被运气骗的小团队",
    ],
    notFor: "它不荐股、不接券商、不下单，也不支持做空、期货和期权。",
    exampleTitle: "一个完整的策略：",
    exampleText: "短均线上穿长均线时买入，下穿时卖出，最多持有 10 只，按 20 日涨幅排先后。",
    about: "仅供研究，不构成投资建议。",
    hello: "欢迎回来",
    firstText: "选一个模板，其余都已填好，按一下就有结果。",
    start: "选一个模板",
    recent: "最近的回测",
    all: "全部历史",
    none: "还没有回测过。",
    single: "单次",
    grid: "网格",
    status: {
      underway: "进行中",
      succeeded: "完成",
      incomplete: "未跑完",
      failed: "失败",
      cancelled: "已取消",
      archived: "已归档",
    },
    next: "接着做",
    places: [
      { href: "/templates/", title: "策略模板", text: "从一个现成的想法开始" },
      { href: "/strategies/", title: "我的策略", text: "修改、看旧版本" },
      { href: "/compare/", title: "对比", text: "几次回测放在一条时间轴上" },
      { href: "/data/", title: "数据", text: "版本、范围和质量" },
    ],
  },
  en: {
    headline: "Trade A-shares by rules, and get the result right first",
    lead: "Write a strategy as a short text, run it once or over a grid of parameters, and get results that can be checked and computed again.",
    signIn: "Sign in",
    signUp: "Sign up",
    tutorial: "Read the tutorial",
    demoNote: "The demo needs no sign-up; it uses an invented sample market.",
    pointsTitle: "What is different here",
    points: [
      {
        title: "Market rules have dates and sources",
        text: "T+1, price limits by board, lots, halts, dividends, and the duties and fees of each year; the rules' version is in every result.",
      },
      {
        title: "Refused orders are a result",
        text: "What the market would not have filled is listed order by order, with the rule that stopped it.",
      },
      {
        title: "A grid's cell is that very backtest",
        text: "The same parameters, alone or in a grid, give the same numbers bit for bit.",
      },
      {
        title: "Luck is taken off the best",
        text: "Every grid has a diagnosis: how many were tried, whether it lasts out of sample, whether it beats the benchmark, whether its neighbours are good.",
      },
      {
        title: "Money exact to the li",
        text: "Amounts are whole numbers of 0.001 CNY, without errors of rounding in floats.",
      },
      {
        title: "It can be computed again",
        text: "The same content gives the same result; the versions of data, rules and engine are in it, so others can check.",
      },
    ],
    forTitle: "For whom",
    forWhom: [
      "people who write rules and want to know whether they would be filled under the rules of the A-share market",
      "small teams that compare many parameters over the whole market and do not want to be fooled by luck",
    ],
    notFor:
      "It recommends nothing, is connected to no broker, places no orders, and has no short sales, futures or options.",
    exampleTitle: "A whole strategy:",
    exampleText:
      "Bought when the short average crosses above the long one, sold when it crosses below; at most ten stocks, ordered by their return over 20 days.",
    about: "For research only, no investment advice.",
    hello: "Welcome back",
    firstText: "Choose a template: everything else is filled in, and one click runs it.",
    start: "Choose a template",
    recent: "Latest backtests",
    all: "The whole history",
    none: "Nothing has been run yet.",
    single: "Single",
    grid: "Grid",
    status: {
      underway: "under way",
      succeeded: "done",
      incomplete: "incomplete",
      failed: "failed",
      cancelled: "cancelled",
      archived: "archived",
    },
    next: "Go on",
    places: [
      { href: "/templates/", title: "Templates", text: "begin with a known idea" },
      { href: "/strategies/", title: "My strategies", text: "change one, see older versions" },
      { href: "/compare/", title: "Compare", text: "several runs on one axis of time" },
      { href: "/data/", title: "Data", text: "versions, ranges, quality" },
    ],
  },
};
