import { describe, expect, it } from "vitest";
import { WORDS } from "./words";

const addresses = (language: "zh" | "en") =>
  WORDS[language].groups.map((group) => group.questions.map((question) => [question.id, question.to?.href]));

describe("questions", () => {
  it("have the same addresses in both languages, so that a link survives the change", () => {
    expect(addresses("en")).toEqual(addresses("zh"));
  });

  it("have addresses of their own", () => {
    const ids = addresses("zh")
      .flat()
      .map(([id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
