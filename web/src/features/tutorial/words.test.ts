import { describe, expect, it } from "vitest";
import { WORDS as FAQ } from "../faq/words";
import { WORDS } from "./words";

describe("the tutorial", () => {
  it("has the same steps in both languages, with the same example and ways on", () => {
    const steps = (language: "zh" | "en") => WORDS[language].steps.map(({ id, code, to }) => [id, code, to?.href]);
    expect(steps("en")).toEqual(steps("zh"));
  });

  it("leads to questions that there are", () => {
    const questions = FAQ.zh.groups.flatMap((group) => group.questions.map((question) => `/faq/#${question.id}`));
    const asked = WORDS.zh.steps.map((step) => step.to?.href ?? "").filter((href) => href.startsWith("/faq/"));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((href) => !questions.includes(href))).toEqual([]);
  });
});
