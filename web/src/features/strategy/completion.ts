/** What the editor offers while one types: the language's functions, fields, keywords, the text's own names, and each section's settings. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { Schemas } from "@/api/client";
import type { Language as Tongue } from "@/words/language";

export type Catalogue = Schemas["Language"];

/** The catalogue's units are English. */
const UNITS: Readonly<Record<string, string>> = {
  "0.01 li, adjusted": "0.01 厘，复权",
  "10,000 shares": "万股",
  "10,000 yuan": "万元",
  minutes: "分钟",
  sessions: "交易日",
  shares: "股",
  yuan: "元",
  "basis points": "万分之",
  rate: "比例",
  whole: "整数",
};

export const unitSaid = (unit: string, tongue: Tongue): string => (tongue === "zh" ? (UNITS[unit] ?? unit) : unit);

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
    detail: unitSaid(each.unit, tongue),
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
      detail: [unitSaid(each.unit, tongue), each.default].filter((part) => part !== null).join(" = "),
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
