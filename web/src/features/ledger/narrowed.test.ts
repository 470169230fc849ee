import { describe, expect, it } from "vitest";
import { choiceOf, narrowed } from "./narrowed";

const EVENTS = `date,kind,ts_code,value_yuan,explanation
2020-01-02,mark,,1000000.000,
2020-01-03,buy,689902.SH,97970.880,"5124 shares, ""all"" of them
at 19.120"
2020-01-06,sell,689902.SH,-0.010,
`;
const TRADES =
  "ts_code,entry_date,exit_date,exit_reason\nA,2020-01-02,2020-02-03,signal\nB,2020-03-02,2020-03-04,stop_loss\n";
const ALL = { code: "", from: "", to: "", side: "", reason: "", kind: "", exit: "" };

function cut(csv: string, asked: Partial<typeof ALL>): string {
  const choice = choiceOf({ ...ALL, ...asked });
  return choice ? narrowed(csv, choice) : csv;
}

describe("a ledger's file that is narrowed", () => {
  it("keeps rows as they were written, quotes and line breaks too", () => {
    const [head, , ...bought] = EVENTS.split("\n");
    expect(cut(EVENTS, { kind: "buy" })).toBe(`${[head, ...bought.slice(0, 2)].join("\n")}\n`);
    expect(cut(EVENTS, { code: "689902.SH", from: "2020-01-06" })).toBe(`${head}\n2020-01-06,sell,689902.SH,-0.010,\n`);
    expect(cut(EVENTS, { side: "sell" })).toBe(`${head}\n2020-01-06,sell,689902.SH,-0.010,\n`);
    expect(cut(EVENTS, {})).toBe(EVENTS);
  });

  it("has a trade in the days that it touches, as the API has it", () => {
    const rows = (asked: Partial<typeof ALL>) =>
      cut(TRADES, asked)
        .trim()
        .split("\n")
        .slice(1)
        .map((row) => row[0]);
    expect(rows({ from: "2020-02-01", to: "2020-02-28" })).toEqual(["A"]);
    expect(rows({ from: "2020-02-03" })).toEqual(["A", "B"]);
    expect(rows({ exit: "stop_loss" })).toEqual(["B"]);
  });
});
