import type { Words } from "@/words/language";

export const WORDS: Words<{ title: string; lead: string }> = {
  zh: { title: "免责声明", lead: "仅供研究用途，不构成投资建议；历史回测不代表未来收益。" },
  en: {
    title: "Disclaimer",
    lead: "For research only, no investment advice; a backtest says nothing certain about the future.",
  },
};
