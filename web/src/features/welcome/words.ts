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
  next: string;
  places: readonly { href: string; title: string; text: string }[];
}

export const WORDS: Words<WelcomeWords> = {
  zh: {
    headline: "A 股策略回测，先把结果算对",
    lead: "用一段简短的文本写策略，跑单次回测或参数网格，结果可以核对、可以重算。",
    signIn: "登录",
    signUp: "注册账户",
    tutorial: "看教程",
    demoNote: "演示账户不用注册；用的是虚构的样本市场。",
    pointsTitle: "与一般回测工具的不同",
    points: [
      {
        title: "市场规则有日期、有出处",
        text: "T+1、各板块涨跌停、整手、红利税和历年税费，逐条记录生效日期和出处；规则版本写进每个结果。",
      },
      {
        title: "拒单也是结果",
        text: "成交不了的委托逐笔列出，并写明是被哪条规则挡住的。",
      },
      {
        title: "网格里的每一格都是真实的回测",
        text: "同一组参数，单独跑和在网格里跑，数字逐位相同。",
      },
      {
        title: "最好的一组，先扣掉运气",
        text: "每个网格都附带过拟合诊断：试了多少组、样本外是否成立、有没有跑赢基准、邻近参数是否也好。",
      },
      {
        title: "资金精确到厘",
        text: "金额用整数计算，精确到 0.001 元，没有浮点误差。",
      },
      {
        title: "可以重算、可以核对",
        text: "输入相同，结果就相同；数据、规则和引擎的版本都记在结果里，别人也能重算核对。",
      },
    ],
    forTitle: "适合谁",
    forWhom: [
      "自己写规则、想知道它在 A 股规则下究竟能不能成交的个人",
      "要在全市场比较大量参数组合、又不想被运气误导的小团队",
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
    next: "接着做",
    places: [
      { href: "/templates/", title: "策略模板", text: "从一个现成的想法开始" },
      { href: "/strategies/", title: "我的策略", text: "修改、看旧版本" },
      { href: "/compare/", title: "对比", text: "几次回测放在一条时间轴上" },
      { href: "/data/", title: "数据", text: "版本、范围和质量" },
    ],
  },
  en: {
    headline: "Backtest A-share strategies, and get the numbers right",
    lead: "Write a strategy as a short text, run it once or over a grid of parameters, and get results that you can check and reproduce.",
    signIn: "Sign in",
    signUp: "Sign up",
    tutorial: "Read the tutorial",
    demoNote: "The demo needs no sign-up; it uses an invented sample market.",
    pointsTitle: "What is different here",
    points: [
      {
        title: "Market rules have dates and sources",
        text: "T+1, price limits by board, lots, dividend tax, and each year's duties and fees, each with its first day and source; every result names the version of the rules.",
      },
      {
        title: "Refused orders are part of the result",
        text: "Every order that could not have been filled is listed, with the rule that stopped it.",
      },
      {
        title: "Every cell of a grid is a real backtest",
        text: "The same parameters give the same numbers, bit for bit, alone or in a grid.",
      },
      {
        title: "The best, with luck taken off",
        text: "Every grid is checked for overfitting: how many were tried, whether the best holds out of sample, beats the benchmark, and has good neighbours.",
      },
      {
        title: "Money exact to 0.001 yuan",
        text: "Amounts are integers in thousandths of a yuan: no floating-point error.",
      },
      {
        title: "Reproducible",
        text: "The same input gives the same result, and the result names the versions of data, rules and engine, so others can check it.",
      },
    ],
    forTitle: "For whom",
    forWhom: [
      "individuals who write trading rules and want to know what would really have been filled in the A-share market",
      "small teams that compare many parameters across the whole market and do not want to be fooled by luck",
    ],
    notFor:
      "It gives no recommendations, connects to no broker and places no orders; short sales, futures and options are not supported.",
    exampleTitle: "A complete strategy:",
    exampleText:
      "buy when the short average crosses above the long one, sell when it crosses below; at most ten stocks, the strongest over 20 days first.",
    about: "For research only; not investment advice.",
    hello: "Welcome back",
    firstText: "Choose a template: everything else is filled in, and one click runs it.",
    start: "Choose a template",
    recent: "Latest backtests",
    all: "All history",
    none: "Nothing has been run yet.",
    single: "Single",
    grid: "Grid",
    next: "Next",
    places: [
      { href: "/templates/", title: "Templates", text: "start from a known idea" },
      { href: "/strategies/", title: "My strategies", text: "change one, see older versions" },
      { href: "/compare/", title: "Compare", text: "several runs on one time axis" },
      { href: "/data/", title: "Data", text: "versions, ranges, quality" },
    ],
  },
};
