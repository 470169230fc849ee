import { beforeEach, expect, it, vi } from "vitest";
import { dropDraft, keepDraft, readDraft } from "./drafts";

const who = vi.hoisted(() => ({ id: "" }));
vi.mock("@/session/auth", () => ({
  current: () => (who.id ? { status: "in", session: { user: { id: who.id, email: "" } } } : { status: "out" }),
}));

beforeEach(() => localStorage.clear());

it("shows a draft to who wrote it, and to nobody else in the same browser", () => {
  who.id = "one";
  keepDraft("new", { code: "name: of-one" });
  who.id = "two";
  expect(readDraft("new")).toBeNull();
  keepDraft("new", { code: "name: of-two" });
  dropDraft("new");
  who.id = "one";
  expect(readDraft("new")?.code).toBe("name: of-one");
});

it("forgets the oldest of many", () => {
  who.id = "one";
  vi.useFakeTimers();
  for (let each = 0; each <= 50; each++) {
    vi.setSystemTime(each * 1000);
    keepDraft(`run.${each}`, { mode: "grid" });
  }
  vi.useRealTimers();
  expect(readDraft("run.0")).toBeNull();
  expect(readDraft("run.1")).not.toBeNull();
});
