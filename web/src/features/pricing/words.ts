import type { Words } from "@/words/language";

export const WORDS: Words<{ title: string; lead: string }> = {
  zh: { title: "价格", lead: "使用不收费；Pro 尚未开放。" },
  en: { title: "Pricing", lead: "Use is free; Pro is not on sale yet." },
};
