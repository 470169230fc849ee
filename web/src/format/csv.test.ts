import { expect, it } from "vitest";
import { csvText } from "./csv";

it("writes numbers in full, and texts so that nothing is computed or cut", () => {
  expect(
    csvText([
      ["名称", "值"],
      ["a,b", -0.123456789012],
      ['=1+1 "x"', null],
      ["-3", undefined],
    ]),
  ).toBe('\uFEFF名称,值\r\n"a,b",-0.123456789012\r\n"\'=1+1 ""x""",\r\n\'-3,\r\n');
});
