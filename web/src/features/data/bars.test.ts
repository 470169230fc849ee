import { describe, expect, it } from "vitest";
import { type Bar, inOrder, labelOf } from "./bars";

const bar = (date: string, time = `${date}T07:00:00.000Z`) => ({ date, time }) as Bar;

describe("bars", () => {
  it("stand in the order of time, though older pages come later", () => {
    const pages = [
      { items: [bar("2024-01-04"), bar("2024-01-05")] },
      { items: [bar("2024-01-02"), bar("2024-01-03")] },
    ];
    expect(inOrder(pages).map((each) => each.date)).toEqual(["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"]);
  });

  it("are called by their day, those of minutes also by their time in Shanghai", () => {
    expect(labelOf(bar("2024-01-02"), "1d")).toBe("2024-01-02");
    expect(labelOf(bar("2024-01-02"), "1mo")).toBe("2024-01-02");
    expect(labelOf(bar("2024-11-01", "2024-11-01T01:35:00.000Z"), "5m")).toBe("2024-11-01 09:35");
  });
});
