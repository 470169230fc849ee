/** What each address is called, in both languages. */
import type { Words } from "@/words/language";

type Titles = Readonly<Record<string, string>>;

const TITLES: Words<Titles> = {
  zh: {
    "/": "",
    "/sign-in/": "登录",
    "/templates/": "策略模板",
    "/strategies/": "策略",
    "/runs/": "回测结果",
    "/grids/": "参数网格",
    "/compare/": "对比",
    "/history/": "历史",
    "/share/": "分享的结果",
    "/data/": "数据",
    "/tutorial/": "教程",
    "/pricing/": "价格",
    "/faq/": "常见问题",
    "/about/": "免责声明",
    "/feedback/": "反馈",
    "/account/": "账户",
  },
  en: {
    "/": "",
    "/sign-in/": "Sign in",
    "/templates/": "Strategy templates",
    "/strategies/": "Strategies",
    "/runs/": "Backtest",
    "/grids/": "Parameter grid",
    "/compare/": "Compare",
    "/history/": "History",
    "/share/": "Shared result",
    "/data/": "Data",
    "/tutorial/": "Tutorial",
    "/pricing/": "Pricing",
    "/faq/": "FAQ",
    "/about/": "Disclaimer",
    "/feedback/": "Feedback",
    "/account/": "Account",
  },
};

const NOWHERE = { zh: "没有这个页面", en: "No such page" };

export function titleOf(path: string, language: "zh" | "en"): string {
  const place = path.endsWith("/") ? path : `${path}/`;
  return TITLES[language][place] ?? NOWHERE[language];
}
