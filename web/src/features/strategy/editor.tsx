"use client";
/** The text of a strategy: highlighted, completed from the language's catalogue, with the API's problems at their places. */
import { acceptCompletion, autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { Problem } from "@/api/errors";
import type { Language as Tongue } from "@/words/language";
import { type Catalogue, source } from "./completion";
import { diagnostic, explained } from "./editor-hover";
import { COLOURS, LOOK, phrases } from "./editor-look";

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

export function Editor({ label, value, problems, warnings, catalogue, tongue, target, onChange }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const newest = useRef(value);
  const told = useRef({ onChange });
  const language = useRef(new Compartment());
  told.current = { onChange };
  newest.current = value; // a view that is made anew, in another language, goes on with what is there

  useEffect(() => {
    if (!place.current) return;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: newest.current,
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
      ? [autocompletion({ override: [source(catalogue, tongue)] }), explained(catalogue, tongue), phrases(tongue)]
      : [phrases(tongue)];
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
