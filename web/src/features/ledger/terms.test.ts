// @vitest-environment node
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ENDS, KINDS, meaning, named, PHASES, REASONS, REFUSALS } from "./terms";

const ENGINE = readFileSync(new URL("../../../../engine/simulation/outcome.py", import.meta.url), "utf8");
const REPORT = readFileSync(new URL("../../../../functions/reports/words.py", import.meta.url), "utf8");

/** The names of an enumeration of the engine, as the API spells them. */
function names(enumeration: string): string[] {
  const body = ENGINE.split(`class ${enumeration}(IntEnum):`)[1]?.split("\nclass ")[0] ?? "";
  return [...body.matchAll(/^ {4}([A-Z_]+) = \d+$/gm)].map((found) => (found[1] ?? "").toLowerCase());
}

/** The keys of a table of the report's words. */
function keys(table: string): string[] {
  const body = REPORT.split(`\n${table} = {`)[1]?.split("\n}")[0] ?? "";
  return [...body.matchAll(/"(\w+)": Words/g)].map((found) => found[1] ?? "");
}

describe("words for what the engine says", () => {
  it("names every reason of refusal, and says what it means", () => {
    const refusals = names("Reject").filter((name) => name !== "filled");
    expect(refusals.length).toBeGreaterThan(12);
    expect(Object.keys(REFUSALS).sort()).toEqual(refusals.sort());
    for (const reason of refusals) {
      expect(meaning(REFUSALS, reason, "zh"), reason).toMatch(/\p{Script=Han}/u);
      expect(meaning(REFUSALS, reason, "en"), reason).toMatch(/\w/);
    }
  });

  it("names every kind, phase and reason of events", () => {
    expect(Object.keys(KINDS).sort()).toEqual(names("Kind").sort());
    expect(Object.keys(PHASES).sort()).toEqual(names("Phase").sort());
    expect(Object.keys(REASONS)).toEqual(expect.arrayContaining(names("Reason")));
  });

  it("names every end of trades and of orders", () => {
    const exits = keys("EXITS");
    expect(exits).toContain("stop_loss");
    expect(Object.keys(REASONS)).toEqual(expect.arrayContaining(exits));
    expect(Object.keys(ENDS).sort()).toEqual(keys("ENDS").sort());
  });

  it("shows what it does not know as the API says it", () => {
    expect(named(REFUSALS, "limit_up", "zh")).toBe("涨停");
    expect(named(REFUSALS, "some_new_rule", "zh")).toBe("some_new_rule");
    expect(named(REASONS, null, "en")).toBe("");
  });
});
