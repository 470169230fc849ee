"use client";
/** Every figure with its formula, folded away until somebody asks. */
import { useState } from "react";
import type { Metric } from "@/api/metrics";
import { useMetrics } from "@/api/metrics";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./chart-words";
import { grouped } from "./figures";
import { ShownFigure } from "./shown-figure";

interface Props {
  stats: Readonly<Record<string, number | null>>;
  tooSmall: readonly string[];
}

export function AllFigures({ stats, tooSmall }: Props) {
  const words = useWords(WORDS);
  const metrics = useMetrics();
  const [open, setOpen] = useState(false);
  return (
    <details className="mt-3 border-t border-line pt-2" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="min-h-9 content-center text-sm font-medium text-accent">{words.allFigures}</summary>
      {open && (
        <>
          <p className="mt-1 text-xs text-ink-soft">{words.symbols}</p>
          <div className="mt-3 gap-8 xl:columns-2">
            {grouped(metrics).map(([group, members]) => (
              <Figures
                key={group}
                title={group === "other" ? "" : words.groups[group]}
                metrics={members}
                stats={stats}
                tooSmall={tooSmall}
              />
            ))}
          </div>
        </>
      )}
    </details>
  );
}

function Figures({ title, metrics, stats, tooSmall }: Props & { title: string; metrics: readonly Metric[] }) {
  const language = useLanguage();
  const words = useWords(WORDS);
  return (
    <table className="mb-4 w-full table-fixed break-inside-avoid text-left">
      <caption className="pb-1 text-left text-xs font-semibold text-ink-soft">{title}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">{words.figure}</th>
          <th scope="col">{words.value}</th>
          <th scope="col">{words.formula}</th>
        </tr>
      </thead>
      <tbody>
        {metrics.map((metric) => (
          <tr key={metric.key} className="border-t border-line align-top">
            <th scope="row" className="w-[30%] py-1.5 pr-2 font-normal">
              {metric.label[language]}
            </th>
            <td
              className="w-[26%] py-1.5 pr-3 text-right font-medium"
              data-metric={metric.key}
              title={exact(stats[metric.key])}
            >
              <ShownFigure metric={metric} value={stats[metric.key]} tooSmall={tooSmall.includes(metric.key)} />
            </td>
            <td className="py-1.5 font-mono text-xs break-words text-ink-soft">
              {metric.formula}
              {language === "en" && metric.differs && <span className="block font-sans">{metric.differs}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** All digits that the API has. */
const exact = (value: number | null | undefined): string | undefined => (value == null ? undefined : String(value));
