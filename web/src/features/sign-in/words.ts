import type { Words } from "@/words/language";

interface SignInWords {
  title: string;
  newTitle: string;
  email: string;
  password: string;
  least: string;
  tooShort: string;
  noEmail: string;
  show: string;
  hide: string;
  enter: string;
  make: string;
  toNew: string;
  toOld: string;
  demo: string;
  demoText: string;
  or: string;
  forgotten: string;
  linkSent: (email: string) => string;
  confirmTitle: string;
  confirmText: (email: string) => string;
  confirmNone: string;
  again: string;
  sentAgain: string;
  back: string;
  terms: string;
  about: string;
}

export const WORDS: Words<SignInWords> = {
  zh: {
    title: "登录",
    newTitle: "注册",
    email: "邮箱",
    password: "密码",
    least: "至少 8 个字符",
    tooShort: "密码太短：至少要 8 个字符。",
    noEmail: "请填写完整的邮箱地址，例如 name@example.com。",
    show: "显示密码",
    hide: "隐藏密码",
    enter: "登录",
    make: "注册",
    toNew: "还没有账户？注册",
    toOld: "已有账户？登录",
    demo: "一键进入演示账户",
    demoText: "不用注册，先试一遍。演示账户人人可用，请不要在里面放自己的策略。",
    or: "或者用自己的账户",
    forgotten: "忘记密码",
    linkSent: (email) => `如果 ${email} 注册过，登录链接已经发到这个邮箱；登录后在“账户”里设置新密码。`,
    confirmTitle: "请确认邮箱",
    confirmText: (email) => `确认邮件已发往 ${email}。打开邮件里的链接，注册就完成了，会直接登录。`,
    confirmNone: "没有收到？请看看垃圾邮件；如果这个邮箱以前注册过，不会再发信，请直接登录。",
    again: "再发一次",
    sentAgain: "已经再发了一次。",
    back: "返回登录",
    terms: "注册即表示你已了解：结果仅供研究，不构成投资建议。",
    about: "免责声明",
  },
  en: {
    title: "Sign in",
    newTitle: "Sign up",
    email: "Email",
    password: "Password",
    least: "At least 8 characters",
    tooShort: "The password is too short: it needs at least 8 characters.",
    noEmail: "Enter a full email address, like name@example.com.",
    show: "Show password",
    hide: "Hide password",
    enter: "Sign in",
    make: "Sign up",
    toNew: "No account yet? Sign up",
    toOld: "Have an account? Sign in",
    demo: "Use the demo account",
    demoText:
      "No sign-up needed to try everything. Everybody shares the demo account: keep your own strategies out of it.",
    or: "or with your own account",
    forgotten: "Forgot your password?",
    linkSent: (email) =>
      `If ${email} has an account, an email with a sign-in link is on its way; then set a new password under Account.`,
    confirmTitle: "Confirm your address",
    confirmText: (email) => `An email was sent to ${email}. Open its link to complete the sign-up; it signs you in.`,
    confirmNone:
      "Nothing there? Look in the spam folder. An address that already has an account gets no email: sign in instead.",
    again: "Send it again",
    sentAgain: "Sent again.",
    back: "Back to sign-in",
    terms: "By signing up you acknowledge that results are for research and are not investment advice.",
    about: "Disclaimer",
  },
};
