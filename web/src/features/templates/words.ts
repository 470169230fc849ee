import type { Words } from "@/words/language";

interface TemplateWords {
  title: string;
  lead: string;
  use: string;
  more: string;
  less: string;
  about: (title: string) => string;
  idea: string;
  rules: string;
  needs: string;
  fails: string;
  look: string;
  parameters: string;
  text: string;
  bounds: (low: string, high: string) => string;
  disclaimer: string;
  blank: string;
  mine: string;
  bets: string;
  /** By the groups of the documentation. */
  short: Readonly<Record<string, string>>;
  all: string;
}

export const WORDS: Words<TemplateWords> = {
  zh: {
    title: "策略模板",
    lead: "十五个广为人知的策略，各写成一页文本。打开一个，按一下就能回测，再改成自己的。",
    use: "用这个模板",
    more: "详细说明",
    less: "收起",
    about: (title) => `关于这个模板：${title}`,
    idea: "思路",
    rules: "规则",
    needs: "注意",
    fails: "什么时候失灵",
    look: "看什么",
    parameters: "参数",
    text: "策略文本",
    bounds: (low, high) => `（${low} 到 ${high}）`,
    disclaimer: "模板是起点，不是投资建议。默认参数是教科书上的数，没有一个是搜出来的。",
    blank: "从空白开始",
    mine: "我的策略",
    bets: "类型",
    short: { "1": "趋势", "2": "反转", "3": "选股轮动", "4": "择时", "5": "短线情绪" },
    all: "全部",
  },
  en: {
    title: "Strategy templates",
    lead: "Fifteen well-known strategies, each a page of text. Open one, press once to backtest it, then make it your own.",
    use: "Use this template",
    more: "More about it",
    less: "Less",
    about: (title) => `About this template: ${title}`,
    idea: "Idea",
    rules: "Rules",
    needs: "Note",
    fails: "When it fails",
    look: "What to look at",
    parameters: "Parameters",
    text: "Text",
    bounds: (low, high) => ` (${low} to ${high})`,
    disclaimer:
      "Templates are starting points, not recommendations. Their defaults are textbook numbers; none was searched for.",
    blank: "Start from scratch",
    mine: "My strategies",
    bets: "Kind",
    short: { "1": "Trend", "2": "Reversion", "3": "Stock selection", "4": "Timing", "5": "Short-term" },
    all: "All",
  },
};
