/** What stands over a word of the text, and where the API's problems stand in it. */
import type { Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";
import { hoverTooltip } from "@codemirror/view";
import type { Problem } from "@/api/errors";
import type { Language as Tongue } from "@/words/language";
import { type Catalogue, sectionAt, unitSaid } from "./completion";
import { problemSaid } from "./problem-words";

/** Columns of the API count from 1, and so do lines; what has no place stands at the first line. */
export function diagnostic(doc: Text, problem: Problem, severity: "error" | "warning", tongue: Tongue): Diagnostic {
  const line = doc.line(Math.min(Math.max(problem.line ?? 1, 1), doc.lines));
  const from = Math.min(line.from + Math.max((problem.column ?? 1) - 1, 0), line.to);
  const word = /^[^\s,:{}[\]()]+/.exec(line.text.slice(from - line.from))?.[0].length ?? 0;
  const said = problemSaid(problem, tongue);
  const message = said.hint ? `${said.message}\n${said.hint}` : said.message;
  return { from, to: Math.min(from + Math.max(word, 1), line.to), severity, message };
}

function bounded({ low, high, default: usual }: Catalogue["settings"][number], zh: boolean): string {
  const bounds = zh ? `${low} 到 ${high}` : `${low} to ${high}`;
  if (usual === null) return bounds;
  return zh ? `${bounds}，默认 ${usual}` : `${bounds}, ${usual} unless said otherwise`;
}

/** What a function, a field or a setting is, over its name. */
export function explained(catalogue: Catalogue, tongue: Tongue) {
  const functions = new Map(catalogue.functions.map((each) => [each.name, each]));
  const fields = new Map(catalogue.fields.map((each) => [each.name, each]));
  const settings = new Map(catalogue.settings.map((each) => [each.path, each]));
  return hoverTooltip((here, position) => {
    const word = here.state.wordAt(position);
    if (!word) return null;
    const name = here.state.sliceDoc(word.from, word.to);
    const known = functions.get(name);
    const field = fields.get(name);
    const line = here.state.doc.lineAt(position).number - 1;
    const section = sectionAt(here.state.doc.toString().split("\n"), line);
    const setting = settings.get(`${section}.${name}`);
    const zh = tongue === "zh";
    const text = known
      ? `${known.signature}\n${zh ? `${known.chinese} · ` : ""}${known.text[tongue]}\n${known.formula}\n${known.example}`
      : setting
        ? `${setting.path}: ${setting.text[tongue]}\n${bounded(setting, zh)}`
        : field && `${name}: ${field.text[tongue]}${field.unit && ` (${unitSaid(field.unit, tongue)})`}`;
    if (!text) return null;
    return {
      pos: word.from,
      end: word.to,
      create: () => {
        const dom = document.createElement("div");
        dom.className = "max-w-md p-2 text-xs whitespace-pre-line";
        dom.textContent = text;
        return { dom };
      },
    };
  });
}
