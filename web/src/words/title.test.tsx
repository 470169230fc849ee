import { cleanup, render } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { useGeneralTitle, useTitle } from "./title";

function Site({ place, shown }: { place: string; shown: string | null }) {
  useGeneralTitle(place);
  return shown === null ? null : <Shown name={shown} />;
}

function Shown({ name }: { name: string }) {
  useTitle(name);
  return null;
}

afterEach(cleanup);

describe("the page's title", () => {
  it("is that of the address, until the page knows better, and again afterwards", () => {
    const { rerender } = render(<Site place="策略" shown={null} />);
    expect(document.title).toBe("策略 · 量湖 LiangHu");
    rerender(<Site place="策略" shown="双均线" />);
    expect(document.title).toBe("双均线 · 量湖 LiangHu");
    rerender(<Site place="Strategies" shown="双均线" />);
    expect(document.title).toBe("双均线 · 量湖 LiangHu");
    rerender(<Site place="Strategies" shown={null} />);
    expect(document.title).toBe("Strategies · 量湖 LiangHu");
  });

  it("is put right where something else writes it", async () => {
    render(<Site place="Data" shown={null} />);
    document.title = "数据 · 量湖 LiangHu";
    await new Promise((done) => setTimeout(done, 20));
    expect(document.title).toBe("Data · 量湖 LiangHu");
  });
});
