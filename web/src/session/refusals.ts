/** What the sign-in service refuses, in words of either language; it says so itself only in English, and sometimes in riddles. */
import { isAuthError, isAuthRetryableFetchError, isAuthWeakPasswordError } from "@supabase/auth-js";
import type { Language, Words } from "@/words/language";

interface Said {
  codes: Record<string, string>;
  weak: Record<string, string>;
  weakest: string;
  offline: string;
  other: (message: string) => string;
}

const WORDS: Words<Said> = {
  zh: {
    codes: {
      invalid_credentials: "邮箱或密码不对。",
      email_not_confirmed: "这个邮箱还没有确认：请先打开注册邮件里的链接。",
      user_already_exists: "这个邮箱已经注册过了，请直接登录。",
      email_exists: "这个邮箱已经注册过了，请直接登录。",
      validation_failed: "邮箱地址写得不对，请检查一遍。",
      email_address_invalid: "邮箱地址写得不对，请检查一遍。",
      email_address_not_authorized: "这个邮箱不能在这里注册。",
      signup_disabled: "这里暂不开放注册。",
      email_provider_disabled: "这里没有开通邮件。请联系管理员，可以要一个只用一次的登录链接。",
      over_request_rate_limit: "尝试的次数太多了，请过几分钟再试。",
      over_email_send_rate_limit: "邮件发得太频繁了，请过一会儿再试。",
      user_banned: "这个账户已经停用，请联系管理员。",
      same_password: "新密码要和现在的不同。",
      reauthentication_needed: "为了安全，请先退出并重新登录，再修改密码。",
      otp_expired: "这个链接已经过期或用过了，请重新要一个。",
      session_not_found: "登录已过期，请重新登录。",
      session_expired: "登录已过期，请重新登录。",
    },
    weak: {
      length: "太短，请用更长的密码",
      characters: "种类太少，请混用大小写字母、数字和符号",
      pwned: "出现在已泄露的密码库里，请换一个",
    },
    weakest: "密码太弱：请用至少 8 个字符，不要用常见的词。",
    offline: "连不上登录服务。请检查网络后再试。",
    other: (message) => `登录服务拒绝了：${message}`,
  },
  en: {
    codes: {
      invalid_credentials: "The email or the password is wrong.",
      email_not_confirmed:
        "This address is not confirmed yet: open the link in the mail that was sent when you signed up.",
      user_already_exists: "This address has an account already. Sign in instead.",
      email_exists: "This address has an account already. Sign in instead.",
      validation_failed: "This email address is not right. Please check it.",
      email_address_invalid: "This email address is not right. Please check it.",
      email_address_not_authorized: "This address cannot be used here.",
      signup_disabled: "Sign-up is closed here.",
      email_provider_disabled: "No mail is sent here. Ask the administrator for a link that signs you in once.",
      over_request_rate_limit: "Too many attempts. Wait a few minutes and try again.",
      over_email_send_rate_limit: "Too many mails were asked for. Try again a little later.",
      user_banned: "This account is closed. Please ask the administrator.",
      same_password: "The new password must differ from the present one.",
      reauthentication_needed: "To be safe, sign out and in again before you change the password.",
      otp_expired: "This link has expired or was used before. Ask for a new one.",
      session_not_found: "Your session has ended. Sign in again.",
      session_expired: "Your session has ended. Sign in again.",
    },
    weak: {
      length: "it is too short, take a longer one",
      characters: "it has too few kinds of characters, mix upper and lower case, digits and signs",
      pwned: "it is in a list of leaked passwords, take another",
    },
    weakest: "The password is too weak: take at least 8 characters and no common word.",
    offline: "The sign-in service cannot be reached. Check the connection and try again.",
    other: (message) => `The sign-in service refused: ${message}`,
  },
};

export function refusal(error: unknown, language: Language): string {
  const words = WORDS[language];
  if (isAuthRetryableFetchError(error) || error instanceof TypeError) return words.offline;
  if (isAuthWeakPasswordError(error)) {
    const reasons = error.reasons.map((reason) => words.weak[reason]).filter(Boolean);
    if (!reasons.length) return words.weakest;
    return language === "zh" ? `密码太弱：${reasons.join("；")}。` : `The password is too weak: ${reasons.join("; ")}.`;
  }
  const code = codeOf(error);
  if (code === "weak_password") return words.weakest;
  return words.codes[code] ?? words.other(error instanceof Error ? error.message : String(error));
}

/** The service's name of what went wrong; empty where there is none. */
export function codeOf(error: unknown): string {
  return (isAuthError(error) && error.code) || "";
}

/** Of a link from a mail that did not work: the page's address then ends in #error_code=…. Empty: it is no such address. */
export function linkRefusal(hash: string, language: Language): string {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const code = said.get("error_code") ?? said.get("error");
  if (!code) return "";
  return WORDS[language].codes[code] ?? WORDS[language].other(said.get("error_description") ?? code);
}
