"use client";
/** Parameters and settings of the runs side by side; those that are the same in all can be left away. */
import { useId, useState } from "react";
import { Card } from "@/ui/card";
import { classes } from "@/ui/classes";
import { useLanguage, useWords } from "@/words/language";
import type { Comparison } from "./align";
import { type Named, type Row, settingsOf } from "./settings";
import { FIRST, HeadRow } from "./table-rows";
import { WORDS } from "./words";

export function SettingsTable({ comparison, labels }: { comparison: Comparison; labels: readonly string[] }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const id = useId();
  const [only, setOnly] = useState(true);
  const rows = settingsOf(comparison.runs, language);
  const shown = only ? rows.filter((row) => row.differs) : rows;
  return (
    <Card
      title={words.settings}
      actions={
        <label htmlFor={id} className="flex min-h-9 items-center gap-2">
          <input
            id={id}
            type="checkbox"
            className="size-4 accent-accent"
            checked={only}
            onChange={(event) => setOnly(event.target.checked)}
          />
          {words.onlyDifferent}
        </label>
      }
    >
      {shown.length === 0 ? (
        <p className="text-ink-soft">{words.nothingDiffers}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
        <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={words.settings}>
          <table className="w-full border-collapse text-right">
            <HeadRow runs={comparison.runs} labels={labels} first={words.setting} />
            <tbody>
              {shown.map((row) => (
                <tr key={`${row.kind}.${row.key}`} className="border-b border-line">
                  <th
                    scope="row"
                    className={classes(FIRST, "py-1.5 align-top font-normal whitespace-nowrap text-ink-soft")}
                  >
                    {row.kind === "others" ? (
                      words.otherParameters
                    ) : row.kind === "named" ? (
                      words.named[row.key as Named]
                    ) : (
                      <code className="font-mono text-xs">{row.key}</code>
                    )}
                  </th>
                  <Values row={row} comparison={comparison} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {only && shown.length < rows.length && (
        <p className="mt-2 text-xs text-ink-soft">{words.same(rows.length - shown.length)}</p>
      )}
    </Card>
  );
}

function Values({ row, comparison }: { row: Row; comparison: Comparison }) {
  return comparison.runs.map((run, place) => {
    const value = row.values[place] ?? "";
    // What has several parts breaks between them, and nowhere else.
    const parts = row.key === "window" ? value.split(/(?<=–) /) : row.kind === "others" ? value.split(", ") : null;
    return (
      <td key={run.run_id} className="max-w-56 px-2 py-1.5 align-top">
        {parts ? (
          parts.map((part) => (
            <span key={part} className="block whitespace-nowrap">
              {part}
            </span>
          ))
        ) : (
          <span className="block truncate" title={value}>
            {value}
          </span>
        )}
      </td>
    );
  });
}
