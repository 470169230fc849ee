import { expect, it } from "vitest";
import type { Problem } from "@/api/errors";
import { problemSaid } from "./problem-words";

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
