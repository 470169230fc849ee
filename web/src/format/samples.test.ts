import { expect, it } from "vitest";
import { tooSmallOf } from "./samples";

const metric = (key: string, least: number, of_what: string) => ({ key, least, of_what });
const metrics = new Map(
  [metric("return", 0, ""), metric("sharpe", 122, "sessions"), metric("win_rate", 30, "trades")].map((each) => [
    each.key,
    each,
  ]),
);

it("doubts what has too few sessions or trades behind it", () => {
  expect(tooSmallOf(metrics, { sessions: 121, trades: 30 })).toEqual(["sharpe"]);
  expect(tooSmallOf(metrics, { sessions: 122, trades: 29 })).toEqual(["win_rate"]);
  expect(tooSmallOf(metrics, {})).toEqual([]);
});
