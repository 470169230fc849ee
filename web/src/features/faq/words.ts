import type { Words } from "@/words/language";

export const WORDS: Words<{ title: string; lead: string }> = {
  zh: { title: "常见问题", lead: "结果怎么算、数据从哪里来、能信多少。" },
  en: { title: "FAQ", lead: "How results are computed, where data come from, how far to trust them." },
};
