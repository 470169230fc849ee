/** A strategy's text in the normal writing: sections in the language's order, even spaces, comments kept. Whoever uses it asks the API
 * whether the meaning is still the same. */

const KEY = /^([A-Za-z_]\w*)\s*:/;

interface Block {
  key: string;
  lines: string[];
}

/** Where a comment begins outside of quotes, or the line's end. */
function commentAt(line: string): number {
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] ?? "";
    if (quote) quote = sign === quote ? "" : quote;
    else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "#" && (at === 0 || /\s/.test(line[at - 1] ?? ""))) return at;
  }
  return line.length;
}

/** Outside of quotes only. */
function evenly(code: string): string {
  return code
    .split(/("[^"]*"|'[^']*')/)
    .map((part, place) =>
      place % 2 === 1
        ? part
        : part
            .replace(/[ \t]*,[ \t]*/g, ", ")
            .replace(/([{[])[ \t]+/g, "$1")
            .replace(/[ \t]+([}\]])/g, "$1")
            .replace(/(\w)[ \t]*:[ \t]+/g, "$1: ")
            .replace(/[ \t]*(<=|>=|==|!=|<|>)[ \t]*(?=\S)/g, " $1 ")
            .replace(/(\S)[ \t]{2,}(?=\S)/g, "$1 "),
    )
    .join("")
    .trimEnd();
}

function tidied(line: string): string {
  const text = line.replaceAll("\t", "  ").trimEnd();
  const at = commentAt(text);
  const indent = /^ */.exec(text)?.[0] ?? "";
  const code = text.slice(indent.length, at);
  if (code.trim() === "") return text;
  const even = indent + evenly(code);
  if (at >= text.length) return even;
  return `${even.padEnd(at - 1)} ${text.slice(at)}`;
}

function blocks(lines: readonly string[]): { head: string[]; blocks: Block[] } {
  const head: string[] = [];
  const found: Block[] = [];
  let waiting: string[] = [];
  for (const line of lines) {
    const key = KEY.exec(line)?.[1];
    if (key) {
      found.push({ key, lines: [...waiting, line] });
      waiting = [];
    } else if (line.startsWith("#")) waiting.push(line);
    else if (line === "" && waiting.length > 0) {
      (found.at(-1)?.lines ?? head).push(...waiting, line);
      waiting = [];
    } else (found.at(-1)?.lines ?? head).push(line);
  }
  (found.at(-1)?.lines ?? head).push(...waiting);
  return { head, blocks: found };
}

export function formatted(code: string, sections: readonly string[]): string {
  const lines = code.replaceAll("\r\n", "\n").trimEnd().split("\n").map(tidied);
  const { head, blocks: found } = blocks(lines);
  const place = (block: Block) => {
    const at = sections.indexOf(block.key);
    return at < 0 ? sections.length : at;
  };
  const ordered = found.every((block, at) => at === 0 || place(found[at - 1] as Block) <= place(block));
  const sorted = ordered ? found : [...found].sort((a, b) => place(a) - place(b));
  const text = [...head, ...sorted.flatMap((block) => block.lines)].join("\n");
  return `${text.replace(/\n{3,}/g, "\n\n").trim()}\n`;
}
