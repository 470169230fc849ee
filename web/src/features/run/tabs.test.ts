import { describe, expect, it } from "vitest";
import type { Run } from "@/jobs/run";
import { addressWith, openTab, TABS, tabsOf } from "./tabs";

const run = (status: Run["status"], artifacts = {}) => ({ status, artifacts }) as Run;

describe("tabs of a run", () => {
  it("are those for which there is something to see", () => {
    expect(tabsOf(run("succeeded"))).toEqual([...TABS]);
    expect(tabsOf(run("failed"))).toEqual(["overview", "parameters", "configuration"]);
    const partial = tabsOf(run("cancelled", { trades_path: "…" }));
    expect(partial).toContain("trades");
    expect(partial).not.toContain("findings");
  });

  it("stand in the address, with all else that is there", () => {
    expect(addressWith("id=1&code=600519.SH", "chart")).toBe("?id=1&code=600519.SH&tab=chart");
    expect(addressWith("id=1&tab=chart", "overview")).toBe("?id=1");
    expect(openTab("trades", tabsOf(run("succeeded")))).toBe("trades");
    expect(openTab("trades", tabsOf(run("failed")))).toBe("overview");
  });
});
