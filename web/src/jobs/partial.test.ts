import { expect, it } from "vitest";
import { curveOf } from "./partial";

it("takes each session's last bar, and knows how far it is below the highest", () => {
  const csv = "\uFEFFdate,time,equity_yuan\r\n2024-01-02,T1,100\r\n2024-01-02,T2,120\r\n2024-01-03,T1,90\r\n";
  expect(curveOf(csv, 100)).toMatchObject({ sessions: [20240102, 20240103], equity: [120, 90], drawdown: [0, -0.25] });
  expect(curveOf("date,time,equity_yuan\n2024-01-02,T1,80\n", 100).drawdown[0]).toBeCloseTo(-0.2);
});
