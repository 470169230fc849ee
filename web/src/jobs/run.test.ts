import { expect, it } from "vitest";
import { ApiError } from "@/api/errors";
import { nextAsking, type Run } from "./run";

const run = (status: Run["status"]) => ({ status }) as Run;

it("asks until the run has ended, slower while the server is away, and never again where there is no such run", () => {
  expect(nextAsking(undefined, null)).toBeGreaterThan(0);
  expect(nextAsking(run("running"), null)).toBeGreaterThan(0);
  expect(nextAsking(run("succeeded"), null)).toBe(false);
  expect(nextAsking(run("running"), new TypeError("network"))).toBeGreaterThan(1000);
  expect(nextAsking(undefined, new ApiError(404, "NOT_FOUND", "no"))).toBe(false);
});
