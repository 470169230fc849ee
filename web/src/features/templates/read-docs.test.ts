import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readDocs } from "./read-docs";

const page = (name: string) => readFileSync(`../docs/${name}`, "utf8");
const LANGUAGES = [
  ["zh", "templates.zh-CN.md"],
  ["en", "templates.md"],
] as const;

describe("the stories of the templates", () => {
  it.each(LANGUAGES)("%s are those of the documentation (vitest -u writes them anew)", async (language, name) => {
    const text = `${JSON.stringify(readDocs(page(name)), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`./stories.${language}.json`);
  });

  it.each(LANGUAGES)("%s are whole: each has every part, a group, and what its parameters mean", (_, name) => {
    const { groups, stories } = readDocs(page(name));
    expect(stories).toHaveLength(15);
    expect(groups).toHaveLength(5);
    for (const { name: template, meanings, needs: _needs, ...parts } of stories) {
      for (const [part, text] of Object.entries(parts)) expect(text, `${template} ${part}`).not.toBe("");
      expect(Object.keys(meanings).length, template).toBeGreaterThan(1);
    }
  });
});
