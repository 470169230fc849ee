import { expect, it } from "vitest";
import { csvOf } from "./csv";
import type { Row } from "./filters";

it("writes figures in full, and nothing that a spreadsheet would compute", () => {
  const row: Row = {
    run_id: "r1",
    position: 3,
    status: "succeeded",
    params: { fast: 5 },
    stats: { return: -0.123456789012, sharpe: null },
    error: { message: '=SUM(A1), "x"' },
    content_hash: "abc",
  };
  expect(csvOf([row], ["fast"], ["return", "sharpe"])).toBe(
    "\uFEFFrun_id,position,status,params.fast,return,sharpe,content_hash,error\r\n" +
      'r1,3,succeeded,5,-0.123456789012,,abc,"\'=SUM(A1), ""x"""\r\n',
  );
});
