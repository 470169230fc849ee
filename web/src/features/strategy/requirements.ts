/** What the text's `require` says, so that a grid's form can show it and lead to its line. */

export interface Requirement {
  text: string;
  /** From 1. */
  line: number;
}

const HEAD = /^require\s*:\s*(.*)$/;
const ITEM = /^\s*-\s+(.+)$/;

const plain = (text: string): string => text.replace(/\s+#.*$/, "").trim();
const unquoted = (text: string): string => text.replace(/^(["'])(.*)\1$/, "$2").trim();

export function requirements(code: string): readonly Requirement[] {
  const lines = code.split("\n");
  const at = lines.findIndex((line) => HEAD.test(line));
  if (at < 0) return [];
  const inline = plain(HEAD.exec(lines[at] ?? "")?.[1] ?? "");
  if (inline && !inline.startsWith("#")) {
    const inner = inline.replace(/^\[/, "").replace(/\]$/, "");
    return inner.split(",").map((each) => ({ text: unquoted(each.trim()), line: at + 1 }));
  }
  const found: Requirement[] = [];
  for (let line = at + 1; line < lines.length; line++) {
    const text = lines[line] ?? "";
    const item = ITEM.exec(text)?.[1];
    if (item) found.push({ text: unquoted(plain(item)), line: line + 1 });
    else if (text.trim() !== "" && !text.trim().startsWith("#")) break;
  }
  return found;
}
