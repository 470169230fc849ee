import type { Session } from "@supabase/auth-js";
import { describe, expect, it } from "vitest";
import { become, type State } from "./state";

const sessionOf = (id: string) => ({ user: { id, email: `${id}@example.com` } }) as unknown as Session;
const ana: State = { status: "in", session: sessionOf("ana") };
const ended: State = { status: "ended", userId: "ana", email: "ana@example.com" };

describe("what becomes of a session", () => {
  it("is known after it was asked for", () => {
    expect(become({ status: "asking" }, { session: null, meant: false })).toEqual({ status: "out" });
    expect(become({ status: "asking" }, { session: sessionOf("ana"), meant: false }).status).toBe("in");
  });

  it("keeps the page where it ends by itself, and leaves it where somebody signs out", () => {
    expect(become(ana, { session: null, meant: false })).toEqual(ended);
    expect(become(ended, { session: null, meant: false })).toEqual(ended);
    expect(become(ana, { session: null, meant: true })).toEqual({ status: "out" });
    expect(become(ended, { session: null, meant: true })).toEqual({ status: "out" });
  });

  it("goes on for the same person, wherever they signed in again", () => {
    expect(become(ended, { session: sessionOf("ana"), meant: false }).status).toBe("in");
    expect(become(ana, { session: sessionOf("ana"), meant: false }).status).toBe("in");
  });

  it("does not go on as somebody else who signed in in another tab", () => {
    for (const state of [ana, ended]) {
      expect(become(state, { session: sessionOf("bo"), meant: false })).toEqual({ ...ended, other: "bo@example.com" });
    }
    expect(become(ended, { session: sessionOf("bo"), meant: true })).toEqual({
      status: "in",
      session: sessionOf("bo"),
    });
  });
});
