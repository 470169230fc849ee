import type { Words } from "@/words/language";

interface ShellWords {
  name: string;
  navigation: string;
  templates: string;
  strategies: string;
  history: string;
  compare: string;
  data: string;
  tutorial: string;
  pricing: string;
  faq: string;
  about: string;
  feedback: string;
  account: string;
  signIn: string;
  signOut: string;
  menu: string;
  dark: string;
  light: string;
  riseRed: string;
  riseGreen: string;
  disclaimer: string;
  endedTitle: string;
  endedText: string;
  password: string;
  other: string;
}

export const WORDS: Words<ShellWords> = {
  zh: {
    name: "量湖",
    navigation: "主导航",
    templates: "模板",
    strategies: "策略",
    history: "历史",
    compare: "对比",
    data: "数据",
    tutorial: "教程",
    pricing: "价格",
    faq: "常见问题",
    about: "免责声明",
    feedback: "反馈",
    account: "账户",
    signIn: "登录",
    signOut: "退出",
    menu: "菜单",
    dark: "深色",
    light: "浅色",
    riseRed: "红涨绿跌",
    riseGreen: "绿涨红跌",
    disclaimer: "仅供研究用途，不构成投资建议；历史回测不代表未来收益。",
    endedTitle: "登录已过期",
    endedText: "页面上的内容都还在。请重新登录后继续。",
    password: "密码",
    other: "换一个账户",
  },
  en: {
    name: "LiangHu",
    navigation: "Main",
    templates: "Templates",
    strategies: "Strategies",
    history: "History",
    compare: "Compare",
    data: "Data",
    tutorial: "Tutorial",
    pricing: "Pricing",
    faq: "FAQ",
    about: "Disclaimer",
    feedback: "Feedback",
    account: "Account",
    signIn: "Sign in",
    signOut: "Sign out",
    menu: "Menu",
    dark: "Dark",
    light: "Light",
    riseRed: "Red is up",
    riseGreen: "Green is up",
    disclaimer: "For research only, no investment advice; a backtest says nothing certain about the future.",
    endedTitle: "Your session has ended",
    endedText: "Everything on the page is still there. Sign in again to go on.",
    password: "Password",
    other: "Another account",
  },
};
