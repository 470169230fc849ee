import { describe, expect, it } from "vitest";
import { signInFor, wanted } from "./next";

describe("where somebody wanted to go", () => {
  it("is a page of this site with all that its address said", () => {
    for (const own of ["/", "/runs/?id=1&tab=trades", "/compare/?runs=a,b#figures", "/not-found/"]) {
      expect(wanted(own)).toBe(own);
    }
    expect(wanted(new URL(signInFor("/runs/?id=1&tab=a b"), "https://x").searchParams.get("next"))).toBe(
      "/runs/?id=1&tab=a%20b",
    );
  });

  it.each([
    null,
    "",
    "runs/",
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "/\n//evil.example/",
    "\t//evil.example/",
    "/.//evil.example/",
    "/x/..//evil.example/",
    "/%2e%2e//evil.example/",
    "javascript:alert(1)",
    "/api/me",
    "/api/",
    "/auth/v1/logout",
    "/sign-in/?next=/runs/",
    "/runs",
    "//[",
  ])("is no other place: %j", (elsewhere) => {
    expect(wanted(elsewhere)).toBe("/templates/");
  });
});
