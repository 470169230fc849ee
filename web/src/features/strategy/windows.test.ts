import { expect, it } from "vitest";
import { windowOf } from "./windows";

it("is the last years, no earlier than the data and on a day that exists", () => {
  expect(windowOf("2018-01-02", "2024-12-31", 3)).toEqual({ start: "2021-12-31", end: "2024-12-31" });
  expect(windowOf("2018-01-02", "2024-12-31", null)).toEqual({ start: "2018-01-02", end: "2024-12-31" });
  expect(windowOf("2023-06-01", "2024-02-29", 5).start).toBe("2023-06-01");
  expect(windowOf("2018-01-02", "2024-02-29", 1).start).toBe("2023-02-28");
});
