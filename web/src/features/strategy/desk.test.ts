import { expect, it } from "vitest";
import type { Wish } from "@/jobs/context";
import { deskFor, resumed } from "./desk";

const WISH = { dataset: "sample:v1", start: "2020-01-02", cash: "1000000", notes: "" } as Wish;
const OPENED = deskFor("name: x", WISH, { single: { fast: "5" } });

it("takes a draft above what was opened", () => {
  const desk = resumed(OPENED, { code: "name: y", mode: "grid", wish: { ...WISH, cash: "5" } }, ["sample:v1"]);
  expect(desk).toMatchObject({ code: "name: y", mode: "grid", single: { fast: "5" }, wish: { cash: "5", notes: "" } });
});

it("leaves the context of a draft whose dataset is gone", () => {
  expect(resumed(OPENED, { wish: { ...WISH, dataset: "sample:v0" } }, ["sample:v1"]).wish).toEqual(WISH);
});
