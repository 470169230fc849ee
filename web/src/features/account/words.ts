import type { Words } from "@/words/language";

export const WORDS: Words<{ title: string; lead: string }> = {
  zh: { title: "账户", lead: "套餐、用量、外观和 API 密钥。" },
  en: { title: "Account", lead: "Plan, use, looks and API keys." },
};
