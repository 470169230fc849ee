"use client";
/** The text of a strategy: highlighted, completed from the language's catalogue, with the API's problems at their places. */
import { acceptCompletion, autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Text } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import type { Problem } from "@/api/errors";
import type { Language as Tongue } from "@/words/language";
import { type Catalogue, source } from "./completion";
import { problemSaid } from "./problem-words";

interface Props {
  label: string;
  value: string;
  problems: readonly Problem[];
  warnings: readonly Problem[];
  catalogue: Catalogue | undefined;
  tongue: Tongue;
  /** Where to put the cursor; `asked` counts, so that the same place can be asked for again. */
  target: { line: number; column: number; asked: number } | null;
  onChange: (value: string) => void;
}

const LOOK = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", backgroundColor: "var(--surface)", color: "var(--ink)" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--ink-soft)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 8%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)",
  },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionInfo": { whiteSpace: "pre-line", maxWidth: "28rem" },
});

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: tags.comment, color: "var(--ink-soft)", fontStyle: "italic" },
  { tag: [tags.string, tags.content], color: "var(--ink)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--doubt)" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

export function Editor({ label, value, problems, warnings, catalogue, tongue, target, onChange }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const first = useRef(value);
  const told = useRef({ onChange });
  const language = useRef(new Compartment());
  told.current = { onChange };

  useEffect(() => {
    if (!place.current) return;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          lineNumbers(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          drawSelection(),
          history(),
          indentOnInput(),
          indentUnit.of("  "),
          bracketMatching(),
          closeBrackets(),
          lintGutter(),
          yaml(),
          syntaxHighlighting(COLOURS),
          LOOK,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
          language.current.of([]),
          keymap.of([
            { key: "Mod-Enter", run: () => true }, // the page runs it, from wherever one is
            { key: "Tab", run: acceptCompletion },
            indentWithTab,
            ...completionKeymap,
            ...searchKeymap,
            ...lintKeymap,
            ...historyKeymap,
            ...defaultKeymap,
          ]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) told.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, [label]);

  // What comes from elsewhere (another version, a template), not what was just typed.
  useEffect(() => {
    const here = view.current;
    if (here && here.state.doc.toString() !== value) {
      here.dispatch({ changes: { from: 0, to: here.state.doc.length, insert: value } });
    }
  }, [value]);

  useEffect(() => {
    const extensions = catalogue
      ? [autocompletion({ override: [source(catalogue, tongue)] }), explained(catalogue, tongue)]
      : [];
    view.current?.dispatch({ effects: language.current.reconfigure(extensions) });
  }, [catalogue, tongue]);

  useEffect(() => {
    const here = view.current;
    if (!here) return;
    const all = [
      ...problems.map((each) => diagnostic(here.state.doc, each, "error", tongue)),
      ...warnings.map((each) => diagnostic(here.state.doc, each, "warning", tongue)),
    ];
    here.dispatch(setDiagnostics(here.state, all));
  }, [problems, warnings, tongue]);

  useEffect(() => {
    const here = view.current;
    if (!here || !target) return;
    const line = here.state.doc.line(Math.min(Math.max(target.line, 1), here.state.doc.lines));
    const at = Math.min(line.from + Math.max(target.column - 1, 0), line.to);
    here.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    here.focus();
  }, [target]);

  return <div ref={place} className="h-full min-h-80 overflow-hidden rounded-md border border-line-strong" />;
}

/** Columns of the API count from 1, and so do lines; what has no place stands at the first line. */
export function diagnostic(doc: Text, problem: Problem, severity: "error" | "warning", tongue: Tongue): Diagnostic {
  const line = doc.line(Math.min(Math.max(problem.line ?? 1, 1), doc.lines));
  const from = Math.min(line.from + Math.max((problem.column ?? 1) - 1, 0), line.to);
  const word = /^[^\s,:{}[\]()]+/.exec(line.text.slice(from - line.from))?.[0].length ?? 0;
  const said = problemSaid(problem, tongue);
  const message = said.hint ? `${said.message}\n${said.hint}` : said.message;
  return { from, to: Math.min(from + Math.max(word, 1), line.to), severity, message };
}

/** What a function, a field or a setting is, over its name. */
function explained(catalogue: Catalogue, tongue: Tongue) {
  const functions = new Map(catalogue.functions.map((each) => [each.name, each]));
  const fields = new Map(catalogue.fields.map((each) => [each.name, each]));
  return hoverTooltip((here, position) => {
    const word = here.state.wordAt(position);
    if (!word) return null;
    const name = here.state.sliceDoc(word.from, word.to);
    const known = functions.get(name);
    const field = fields.get(name);
    const text = known
      ? `${known.signature}\n${tongue === "zh" ? `${known.chinese} · ` : ""}${known.text[tongue]}\n${known.formula}\n${known.example}`
      : field && `${name}: ${field.text[tongue]} (${field.unit})`;
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
