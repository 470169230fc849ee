import type { Words } from "@/words/language";

export const WORDS: Words<{ title: string; lead: string }> = {
  zh: { title: "数据", lead: "数据版本、区间和质量。" },
  en: { title: "Data", lead: "Versions, ranges and quality of the data." },
};
