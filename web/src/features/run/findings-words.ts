/** Words of what the run's doctor says. */
import type { Severity } from "@/jobs/findings";
import type { Words } from "@/words/language";

interface FindingsWords {
  severities: Record<Severity, string>;
  counted: (severity: Severity, count: string) => string;
  nothing: string;
  checked: (count: string) => string;
  all: string;
  proof: string;
  holds: string;
  broken: string;
  noProof: string;
  preparing: string;
  list: string;
}

const COUNTED: Record<Severity, string> = { serious: "serious", warning: "warning", info: "note" };

export const WORDS: Words<FindingsWords> = {
  zh: {
    severities: { serious: "严重", warning: "提醒", info: "提示" },
    counted: (severity, count) => `${count} 项${{ serious: "严重问题", warning: "提醒", info: "提示" }[severity]}`,
    nothing: "没有发现可疑之处",
    checked: (count) => `自动检查了 ${count} 项`,
    all: "查看诊断",
    proof: "未来函数检验",
    holds: "通过",
    broken: "未通过",
    noProof: "外部信号没有公式，无法检验是否用到未来数据。",
    preparing: "正在生成诊断…",
    list: "诊断结果",
  },
  en: {
    severities: { serious: "Serious", warning: "Warning", info: "Note" },
    counted: (severity, count) =>
      `${count} ${count === "1" || severity === "serious" ? COUNTED[severity] : `${COUNTED[severity]}s`}`,
    nothing: "Nothing suspicious was found",
    checked: (count) => `${count} checks were made`,
    all: "See the findings",
    proof: "Look-ahead proof",
    holds: "Holds",
    broken: "Broken",
    noProof: "Signals from outside have no formula: whether they look ahead cannot be proved.",
    preparing: "The findings are being made…",
    list: "Findings",
  },
};
