import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { titleOf } from "./titles";

const APP = join(__dirname, "../app");
const pages = readdirSync(APP, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe("titles", () => {
  it.each(pages)("/%s/ has one in each language", (page) => {
    for (const language of ["zh", "en"] as const) {
      expect(titleOf(`/${page}/`, language)).not.toBe(titleOf("/nowhere/", language));
    }
  });
});
