import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findingName } from "./finding-names";

const document = readFileSync(join(__dirname, "../../../../docs/data.md"), "utf8");
const kinds = [...document.matchAll(/^\| ([a-z_]+) \| .+ \| (?:error|warning) \|$/gm)].map((row) => row[1] ?? "");

describe("findings in Chinese", () => {
  it("are all that the document names", () => {
    expect(kinds.length).toBeGreaterThan(50);
    expect(kinds.filter((kind) => findingName(kind, "", "zh") === "")).toEqual([]);
  });

  it("are told by the API where nobody has translated them", () => {
    expect(findingName("something_new", "odd", "zh")).toBe("odd");
    expect(findingName("weekend", "session on a Sunday", "en")).toBe("session on a Sunday");
  });
});
