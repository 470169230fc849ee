/** The stories of the templates out of the documentation's page (docs/templates.md), so that both say the same. A test holds the copies in this folder to it. */
import type { Group, Story } from "./stories";

const LABELS = [
  { idea: "Idea:", rules: "Rules:", fails: "When it fails:", look: "Look at:" },
  { idea: "思路：", rules: "规则：", fails: "什么时候失灵：", look: "看什么：" },
] as const;

/** A link is only its text here. */
const unlinked = (text: string): string => text.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");

/** Lines of a paragraph are one; between Chinese signs there is no space. */
function joined(lines: readonly string[]): string {
  return lines.join(" ").replace(/([\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])/g, "$1");
}

function paragraphs(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter((part) => part && !part.startsWith("|") && !part.startsWith("```"))
    .map((part) => unlinked(joined(part.split("\n"))));
}

function story(section: string, groupOf: ReadonlyMap<string, string>): Story {
  const [head = "", ...rest] = section.split("\n");
  const [, name = "", title = ""] = /^`([^`]+)`\s+(.+)$/.exec(head.trim()) ?? [];
  const [summary = "", ...others] = paragraphs(rest.join("\n"));
  const labels = others.some((each) => each.startsWith("**Idea:**")) ? LABELS[0] : LABELS[1];
  const after = (label: string) => {
    const found = others.find((each) => each.startsWith(`**${label}**`));
    return found?.slice(label.length + 4).trim() ?? "";
  };
  const meanings: Record<string, string> = {};
  for (const [, parameter = "", meaning = ""] of section.matchAll(/^\| `(\w+)` \|[^|]*\|[^|]*\| (.+) \|$/gm)) {
    meanings[parameter] = unlinked(meaning.trim());
  }
  return {
    name,
    title,
    group: groupOf.get(name) ?? "",
    summary,
    idea: after(labels.idea),
    rules: after(labels.rules),
    needs: others.filter((each) => !each.startsWith("**")).join(" "),
    fails: after(labels.fails),
    look: after(labels.look),
    meanings,
  };
}

export function readDocs(page: string): { groups: Group[]; stories: Story[] } {
  const rows = [...page.matchAll(/^\| ([^|`]+) \| (\[.+\)) \|$/gm)];
  const groups = rows.map(([, title = ""], place) => ({ key: String(place + 1), title: title.trim() }));
  const groupOf = new Map<string, string>();
  for (const [place, [, , links = ""]] of rows.entries()) {
    for (const [, name = ""] of links.matchAll(/\[([a-z-]+)\]/g)) groupOf.set(name, String(place + 1));
  }
  const sections = page.split(/^## /m).filter((section) => section.startsWith("`"));
  return { groups, stories: sections.map((section) => story(section, groupOf)) };
}
