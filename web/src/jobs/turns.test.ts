import { expect, it } from "vitest";
import { inTurn } from "./turns";

it("does three jobs at a time, and those that fail or are called off keep nobody waiting", async () => {
  let atOnce = 0;
  let most = 0;
  const job = async () => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise((done) => setTimeout(done, 1));
    atOnce -= 1;
    return 1;
  };
  const failing = () => Promise.reject(new Error("no"));
  const off = AbortSignal.abort();
  const outcomes = await Promise.allSettled([
    ...Array.from({ length: 5 }, () => inTurn(job)),
    inTurn(failing),
    inTurn(job, off),
    ...Array.from({ length: 5 }, () => inTurn(job)),
  ]);
  expect(outcomes.filter((each) => each.status === "fulfilled")).toHaveLength(10);
  expect(most).toBe(3);
});
