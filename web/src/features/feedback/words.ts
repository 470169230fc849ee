import type { Words } from "@/words/language";

export const WORDS: Words<{ title: string; lead: string }> = {
  zh: { title: "反馈", lead: "告诉我们哪里不对、哪里不清楚。" },
  en: { title: "Feedback", lead: "Tell us what is wrong or unclear." },
};
