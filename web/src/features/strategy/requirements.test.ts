import { expect, it } from "vitest";
import { requirements } from "./requirements";

it("reads conditions of a list, with their lines and without comments", () => {
  const code = "name: x\nrequire:\n  - fast < slow   # why\n  # a word\n  - 'slow < 100'\nentry: close > 1\n";
  expect(requirements(code)).toEqual([
    { text: "fast < slow", line: 3 },
    { text: "slow < 100", line: 5 },
  ]);
});

it("reads conditions of one line, and knows where there are none", () => {
  expect(requirements("require: [fast < slow, a > 1]  # said\n")).toEqual([
    { text: "fast < slow", line: 1 },
    { text: "a > 1", line: 1 },
  ]);
  expect(requirements("name: x\n")).toEqual([]);
});
