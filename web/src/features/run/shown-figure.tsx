"use client";
/** One figure as it may be shown: one of too small a sample is told as such, without the colour of a verdict. */
import type { Metric } from "@/api/metrics";
import { figure, isGain } from "@/format/metrics";
import { count } from "@/format/numbers";
import { Badge } from "@/ui/badge";
import { Change } from "@/ui/change";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./chart-words";

interface Props {
  metric: Metric;
  value: number | null | undefined;
  tooSmall: boolean;
}

export function ShownFigure({ metric, value, tooSmall }: Props) {
  const language = useLanguage();
  const words = useWords(WORDS);
  const text = figure(metric.key, metric.unit, value, language);
  if (value == null) return <span title={words.undefinedFigure}>{text}</span>;
  if (tooSmall) {
    const why = words.tooSmallMeans(count(metric.least), words.ofWhat[metric.of_what] ?? metric.of_what);
    return (
      <span className="whitespace-nowrap" title={why}>
        <span className="text-ink-soft">{text}</span>{" "}
        <span className="align-middle">
          <Badge tone="doubt">{words.tooSmall}</Badge>
        </span>
      </span>
    );
  }
  return isGain(metric.key) ? <Change value={value}>{text}</Change> : <span className="whitespace-nowrap">{text}</span>;
}
