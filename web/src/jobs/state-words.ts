/** What became of a submission, in words. */
import type { Words } from "@/words/language";
import type { State } from "./submissions";

export const STATE_WORDS: Words<Record<State, string>> = {
  zh: {
    underway: "进行中",
    succeeded: "完成",
    incomplete: "未跑完",
    failed: "失败",
    cancelled: "已取消",
    archived: "已归档",
  },
  en: {
    underway: "Under way",
    succeeded: "Done",
    incomplete: "Incomplete",
    failed: "Failed",
    cancelled: "Cancelled",
    archived: "Archived",
  },
};
