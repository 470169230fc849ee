import type { Words } from "@/words/language";

export type Scope = "read" | "run" | "strategies" | "share";

interface AccountWords {
  title: string;
  who: string;
  email: string;
  plan: string;
  plans: Record<string, string>;
  since: string;
  pricing: string;
  readOnly: string;
  demo: string;
  usage: string;
  usageText: string;
  quotas: Record<string, string>;
  used: (used: string, limit: string) => string;
  nearly: string;
  usedUp: string;
  resets: (at: string) => string;
  atPresent: string;
  looks: string;
  language: string;
  theme: string;
  light: string;
  dark: string;
  colours: string;
  riseRed: string;
  riseGreen: string;
  looksText: string;
  safety: string;
  newPassword: string;
  newPasswordHint: string;
  choosePassword: string;
  change: string;
  changed: string;
  tooShort: string;
  demoPassword: string;
  elsewhere: string;
  elsewhereDone: string;
  elsewhereText: string;
  signOut: string;
  deletion: string;
  feedback: string;
}

export const WORDS: Words<AccountWords> = {
  zh: {
    title: "账户",
    who: "账户信息",
    email: "邮箱",
    plan: "套餐",
    plans: { free: "免费版", pro: "专业版" },
    since: "首次使用",
    pricing: "查看套餐",
    readOnly: "这个账户只能看：不能提交回测，也不能修改任何内容。",
    demo: "这是大家共用的演示账户：这里的策略和结果别人也看得到。要留住自己的，请注册一个账户。",
    usage: "用量",
    usageText: "额度只是提示：用完了也不会拦住任何回测。",
    quotas: {
      combinations: "本月提交的参数组合",
      compute_seconds: "本月计算时间（秒）",
      strategies: "保存的策略",
      shares: "有效的分享链接",
    },
    used: (used, limit) => `${used} / ${limit}`,
    nearly: "快用完了",
    usedUp: "已用完",
    resets: (at) => `${at} 重新计数`,
    atPresent: "按当前数量",
    looks: "外观",
    language: "语言",
    theme: "主题",
    light: "浅色",
    dark: "深色",
    colours: "涨跌颜色",
    riseRed: "红涨绿跌",
    riseGreen: "绿涨红跌",
    looksText: "只保存在这个浏览器里。涨跌同时用正负号和箭头表示，不只靠颜色。",
    safety: "密码与登录",
    newPassword: "新密码",
    newPasswordHint: "至少 8 个字符。修改后，其他设备要重新登录。",
    choosePassword: "请设置一个密码，下次用它登录。",
    change: "修改密码",
    changed: "密码已修改。",
    tooShort: "密码太短：至少要 8 个字符。",
    demoPassword: "演示账户的密码不能在这里修改。",
    elsewhere: "退出其他设备",
    elsewhereDone: "其他设备已退出。",
    elsewhereText: "已经发出的登录凭证最多一小时后失效。",
    signOut: "退出登录",
    deletion: "要删除账户和其中的全部内容，请通过“反馈”告诉管理员。",
    feedback: "去反馈",
  },
  en: {
    title: "Account",
    who: "Who you are",
    email: "Email",
    plan: "Plan",
    plans: { free: "Free", pro: "Pro" },
    since: "First used",
    pricing: "See the plans",
    readOnly: "This account may only look: it can neither submit backtests nor change anything.",
    demo: "This is the demo account that everybody shares: others see its strategies and results. To keep your own, sign up.",
    usage: "Use",
    usageText: "Quotas are hints: nothing is refused when one is used up.",
    quotas: {
      combinations: "Combinations submitted this month",
      compute_seconds: "Computing time this month (seconds)",
      strategies: "Saved strategies",
      shares: "Working share links",
    },
    used: (used, limit) => `${used} of ${limit}`,
    nearly: "nearly used up",
    usedUp: "used up",
    resets: (at) => `begins anew ${at}`,
    atPresent: "at present",
    looks: "Looks",
    language: "Language",
    theme: "Theme",
    light: "Light",
    dark: "Dark",
    colours: "Up and down",
    riseRed: "Red is up",
    riseGreen: "Green is up",
    looksText: "Kept in this browser only. Ups and downs always have a sign and an arrow, never the colour alone.",
    safety: "Password and sessions",
    newPassword: "New password",
    newPasswordHint: "8 characters at least. Other devices have to sign in again.",
    choosePassword: "Choose a password to sign in with next time.",
    change: "Change the password",
    changed: "The password was changed.",
    tooShort: "The password is too short: it needs at least 8 characters.",
    demoPassword: "The demo account's password cannot be changed here.",
    elsewhere: "Sign out elsewhere",
    elsewhereDone: "Other devices are signed out.",
    elsewhereText: "Tokens that were given out end within an hour.",
    signOut: "Sign out",
    deletion: "To delete the account with everything in it, tell the administrator through the feedback page.",
    feedback: "Feedback",
  },
};
