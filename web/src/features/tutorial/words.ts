import type { Words } from "@/words/language";

export const WORDS: Words<{ title: string; lead: string }> = {
  zh: { title: "教程", lead: "选一个模板，点“开始回测”，一分钟内看到第一个结果。" },
  en: { title: "Tutorial", lead: "Take a template and press Run: the first result is there within a minute." },
};
