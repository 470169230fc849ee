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
  more: string;
  dark: string;
  light: string;
  riseRed: string;
  riseGreen: string;
  toRed: string;
  toGreen: string;
  disclaimer: string;
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
    more: "关于本站",
    dark: "深色",
    light: "浅色",
    riseRed: "红涨绿跌",
    riseGreen: "绿涨红跌",
    toRed: "改成红涨绿跌",
    toGreen: "改成绿涨红跌",
    disclaimer: "仅供研究用途，不构成投资建议；历史回测不代表未来收益。",
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
    more: "About this site",
    dark: "Dark",
    light: "Light",
    riseRed: "Red is up",
    riseGreen: "Green is up",
    toRed: "Change to red for up",
    toGreen: "Change to green for up",
    disclaimer: "For research only, no investment advice; a backtest says nothing certain about the future.",
  },
};

interface EndedWords {
  title: string;
  text: string;
  otherText: (other: string) => string;
  email: string;
  password: string;
  signIn: string;
  demoText: string;
  demo: string;
  leave: string;
  leaveHint: string;
  goOn: (other: string) => string;
}

export const ENDED: Words<EndedWords> = {
  zh: {
    title: "登录已过期",
    text: "页面上的内容都还在。重新登录后接着做。",
    otherText: (other) =>
      `这个浏览器已在别的标签页换成 ${other} 登录。页面上的内容都还在；重新登录原来的账户后接着做。`,
    email: "邮箱",
    password: "密码",
    signIn: "登录",
    demoText: "你用的是演示账户。",
    demo: "继续使用演示账户",
    leave: "换一个账户",
    leaveHint: "换账户会离开这个页面；写到一半的内容留在这个浏览器里，用原来的账户登录后还在。",
    goOn: (other) => `改用 ${other}`,
  },
  en: {
    title: "Your session has ended",
    text: "Everything on the page is still there. Sign in again to go on.",
    otherText: (other) =>
      `${other} has signed in in another tab of this browser. Everything on the page is still there: sign in again to go on with it.`,
    email: "Email",
    password: "Password",
    signIn: "Sign in",
    demoText: "You were using the demo account.",
    demo: "Go on with the demo account",
    leave: "Another account",
    leaveHint:
      "Another account leaves this page. What you had begun to write stays in this browser, and is there when you sign in as yourself again.",
    goOn: (other) => `Go on as ${other}`,
  },
};
