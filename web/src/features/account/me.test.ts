import { describe, expect, it } from "vitest";
import { announcements, type Me, type Quota, stateOf } from "./me";

const quota = (used: number, limit = 100) => ({ name: "combinations", used, limit }) as Quota;

describe("an account", () => {
  it("has quotas that are fine, nearly used up, or used up", () => {
    expect([0, 79.9, 80, 99, 100, 140].map((used) => stateOf(quota(used)))).toEqual([
      "fine",
      "fine",
      "nearly",
      "nearly",
      "used up",
      "used up",
    ]);
  });

  it("is told what the operator announces, apart from the notices about quotas", () => {
    const me = { quotas: [quota(90), quota(3)], notices: ["90 of 100 … are used", "周日维护"] } as Me;
    expect(announcements(me)).toEqual(["周日维护"]);
    expect(announcements({ ...me, quotas: [quota(1)] })).toEqual(me.notices);
  });
});
