"use client";
/** Problems in words, each with its place; a place in the text is a button that leads there. */
import type { Problem } from "@/api/errors";
import { classes } from "@/ui/classes";
import { useLanguage, useWords } from "@/words/language";
import { problemSaid } from "./problem-words";
import { WORDS } from "./words";

interface Props {
  problems: readonly Problem[];
  tone?: "bad" | "doubt";
  label?: string;
  onOpen?: (problem: Problem) => void;
}

export function ProblemList({ problems, tone = "bad", label, onOpen }: Props) {
  const words = useWords(WORDS);
  const tongue = useLanguage();
  if (problems.length === 0) return null;
  return (
    <ul className="mt-2 space-y-1" aria-label={label}>
      {problems.map((each) => {
        const said = problemSaid(each, tongue);
        const place = each.line ? words.at(each.line, each.column ?? null) : null;
        return (
          <li
            key={`${each.field}|${each.line}|${each.column}|${each.message}`}
            className={classes("border-l-2 pl-2", tone === "bad" ? "border-bad" : "border-doubt")}
          >
            {place && onOpen ? (
              <button
                type="button"
                className="mr-2 min-h-6 text-accent underline underline-offset-2"
                onClick={() => onOpen(each)}
              >
                {place}
              </button>
            ) : (
              place && <span className="mr-2 text-ink-soft">{place}</span>
            )}
            <code className="mr-2 font-mono text-xs text-ink-soft">{each.field}</code>
            <span className={tone === "bad" ? "text-bad" : "text-doubt"}>{said.message}</span>
            {said.hint && <span className="ml-2 text-ink-soft">{said.hint}</span>}
          </li>
        );
      })}
    </ul>
  );
}
