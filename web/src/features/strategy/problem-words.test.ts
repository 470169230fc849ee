import { expect, it } from "vitest";
import type { Problem } from "@/api/errors";
import { noticeSaid, problemSaid } from "./problem-words";

const problem = (message: string, hint: string | null = null): Problem => ({
  field: "entry",
  message,
  hint,
  line: null,
  column: null,
});

it("says what the API says in Chinese, and leaves what it does not know", () => {
  expect(problemSaid(problem("unknown function 'smaa'", "did you mean 'sma'?"), "zh")).toEqual({
    message: "没有函数「smaa」",
    hint: "是不是想写「sma」？",
  });
  expect(problemSaid(problem("is -1, outside 0..1000"), "zh").message).toBe("-1 超出范围 0 到 1000");
  expect(problemSaid(problem("something new"), "zh").message).toBe("something new");
});

it("leaves English as it is", () => {
  expect(problemSaid(problem("is missing"), "en")).toEqual({ message: "is missing", hint: null });
});

it("knows the sentences that a beginner's text is answered with", () => {
  const said = (sentence: string) => problemSaid(problem(sentence), "zh").message;
  expect(said("the strategy never buys")).toBe("没有写买入条件");
  expect(said("'，' is not part of the language")).toBe("'，' 不能出现在表达式里");
  expect(said("write the comma ,")).toBe("改用半角逗号 ,");
  expect(said("argument 'n' of sma is 0, outside 1..1500")).toBe("sma 的参数 n 为 0，超出范围 1 到 1500");
  expect(said("expected `,` or `)`, found the end")).toBe("缺少右括号 )");
  expect(said("lacks min and max")).toBe("缺少 min 和 max");
  expect(said("this is not YAML: found character '\\t' that cannot start any token")).toBe("不能用制表符（Tab）缩进");
});

it("says a quota's notice in the reader's language", () => {
  const notice = "20,409 of 20,000 combinations submitted this month are used (plan free); nothing is blocked";
  expect(noticeSaid(notice, "zh")).toBe("本月已提交 20,409 组参数，额度 20,000 组；额度只作提示，不会拦住");
  expect(noticeSaid(notice, "en")).toBe(notice);
});

it("knows what other formula languages call a function", () => {
  const unknown = problem("unknown function 'MA'", "did you mean 'wma'?");
  expect(problemSaid(unknown, "zh").hint).toBe("写作 sma(close, 20)");
  expect(problemSaid(unknown, "en").hint).toBe("write sma(close, 20)");
  expect(problemSaid(problem("unknown name 'x'"), "en").hint).toBeNull();
});
