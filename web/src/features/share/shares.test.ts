import { expect, it } from "vitest";
import { linkOf, type Share, stateOf } from "./shares";

const share = { expires_at: "2026-12-21T00:00:00.000Z", revoked_at: null } as unknown as Share;
const before = Date.parse("2026-12-20T23:59:59Z");

it("knows whether a link still works", () => {
  expect(stateOf(share, before)).toBe("live");
  expect(stateOf(share, before + 1000)).toBe("expired");
  expect(stateOf({ ...share, revoked_at: "2026-12-01T00:00:00.000Z" }, before)).toBe("revoked");
});

it("has a link to the page, not to the API", () => {
  expect(linkOf("a+b", "https://here")).toBe("https://here/share/?token=a%2Bb");
});
