/** What the editor offers while one types: the language's functions, fields, keywords, the text's own names, and each section's settings. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { Schemas } from "@/api/client";
import type { Language as Tongue } from "@/words/language";

export type Catalogue = Schemas["Language"];

const WORD = /[\p{L}_][\p{L}\p{N}_]*/u;
const NAMED = /^\s{2,}([A-Za-z_]\w*)\s*:/;
const NAMING = new Set(["params", "let"]);

/** Paths of settings below the section at this place: "portfolio" for a line inside `portfolio:`. */
export function sectionAt(lines: readonly string[], line: number): string | null {
  for (let at = line; at >= 0; at--) {
    const found = /^([A-Za-z_]\w*)\s*:/.exec(lines[at] ?? "");
    if (found) return found[1] ?? null;
  }
  return null;
}

/** Names that `params` and `let` give. */
export function ownNames(lines: readonly string[]): string[] {
  const names: string[] = [];
  let section = "";
  for (const line of lines) {
    const head = /^([A-Za-z_]\w*)\s*:/.exec(line);
    if (head?.[1]) section = head[1];
    const name = NAMED.exec(line)?.[1];
    if (name && NAMING.has(section)) names.push(name);
  }
  return names;
}

export function completions(catalogue: Catalogue, tongue: Tongue): Completion[] {
  const functions = catalogue.functions.map((each) => ({
    label: each.name,
    type: "function",
    detail: each.signature.slice(each.name.length),
    info: `${tongue === "zh" ? `${each.chinese} · ` : ""}${each.text[tongue]}\n${each.formula}\n${each.example}`,
    boost: 1,
  }));
  const fields = catalogue.fields.map((each) => ({
    label: each.name,
    type: "variable",
    detail: each.unit,
    info: each.text[tongue],
    boost: 2,
  }));
  const keywords = catalogue.keywords.map((label) => ({ label, type: "keyword" }));
  return [...fields, ...functions, ...keywords];
}

export function settings(catalogue: Catalogue, tongue: Tongue, section: string): Completion[] {
  return catalogue.settings
    .filter((each) => each.path.startsWith(`${section}.`))
    .map((each) => ({
      label: each.path.slice(section.length + 1),
      type: "property",
      detail: each.default === null ? each.unit : `${each.unit} = ${each.default}`,
      info: each.text[tongue],
      boost: 3,
    }));
}

export function source(catalogue: Catalogue, tongue: Tongue) {
  const everywhere = completions(catalogue, tongue);
  const sections = catalogue.sections.map((label) => ({ label, type: "keyword", apply: `${label}: ` }));
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(WORD);
    if (!word && !context.explicit) return null;
    const from = word?.from ?? context.pos;
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, from - line.from);
    if (before.includes("#")) return null;
    if (before === "") return { from, options: sections, validFor: WORD };
    const lines = context.state.doc.toString().split("\n");
    const section = sectionAt(lines, line.number - 1);
    const own = ownNames(lines).map((label) => ({ label, type: "constant", boost: 4 }));
    const here = section ? settings(catalogue, tongue, section) : [];
    return { from, options: [...here, ...own, ...everywhere], validFor: WORD };
  };
}
