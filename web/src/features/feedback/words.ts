import type { Words } from "@/words/language";

export type Kind = "problem" | "idea" | "question" | "other";

interface FeedbackWords {
  title: string;
  lead: string;
  kind: string;
  kinds: Record<Kind, string>;
  message: string;
  hint: Record<Kind, string>;
  left: (characters: string) => string;
  tooLong: (characters: string) => string;
  empty: string;
  page: string;
  pageHint: string;
  send: string;
  sent: string;
  sentText: (id: string) => string;
  more: string;
  keys: string;
}

export const WORDS: Words<FeedbackWords> = {
  zh: {
    title: "反馈",
    lead: "哪里不对、哪里不清楚、缺什么，都可以说。只有平台的管理员会看到；这里不会回信。",
    kind: "类别",
    kinds: { problem: "问题", idea: "建议", question: "疑问", other: "其他" },
    message: "内容",
    hint: {
      problem: "做了什么、期望什么、看到了什么。报错时的“请求编号”很有用。",
      idea: "你想完成什么，现在是怎么做的。",
      question: "先看看“常见问题”，也许已经有答案。",
      other: "想说什么都可以。",
    },
    left: (characters) => `还可以写 ${characters} 个字符`,
    tooLong: (characters) => `超出 ${characters} 个字符，请删去一些。`,
    empty: "请写点内容。",
    page: "在哪个页面（可不填）",
    pageHint: "粘贴地址，例如 /runs/?id=…",
    send: "发送",
    sent: "收到，谢谢。",
    sentText: (id) => `编号 ${id}`,
    more: "再写一条",
    keys: "写的内容保存在这个浏览器里，发送之前不会丢。",
  },
  en: {
    title: "Feedback",
    lead: "Tell us what is wrong, unclear or missing. Only the platform's operator reads it; no reply is sent from here.",
    kind: "Kind",
    kinds: { problem: "Problem", idea: "Idea", question: "Question", other: "Other" },
    message: "Message",
    hint: {
      problem: "What you did, what you expected, what you saw. The request id of an error helps.",
      idea: "What you want to get done, and how you do it now.",
      question: "Look at the FAQ first: it may be answered there.",
      other: "Anything else.",
    },
    left: (characters) => `${characters} characters left`,
    tooLong: (characters) => `${characters} characters too many.`,
    empty: "Please write something.",
    page: "On which page (optional)",
    pageHint: "Its address, like /runs/?id=…",
    send: "Send",
    sent: "Received, thank you.",
    sentText: (id) => `Number ${id}`,
    more: "Write another",
    keys: "What you write is kept in this browser until it is sent.",
  },
};
