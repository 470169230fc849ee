"use client";
import { useMetrics } from "@/api/metrics";
import { figure, isGain } from "@/format/metrics";
import { Badge } from "@/ui/badge";
import { Change } from "@/ui/change";
import { Stat } from "@/ui/stat";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./chart-words";

const HEADLINES = [
  "return",
  "annual_return",
  "excess_return",
  "sharpe",
  "max_dd",
  "win_rate",
  "profit_factor",
  "trades",
];

interface Props {
  stats: Readonly<Record<string, number | null>>;
  tooSmall: readonly string[];
}

export function StatStrip({ stats, tooSmall }: Props) {
  const metrics = useMetrics();
  const language = useLanguage();
  const words = useWords(WORDS);
  return (
    <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4 xl:grid-cols-8">
      {HEADLINES.map((key) => {
        const metric = metrics.get(key);
        const text = figure(key, metric?.unit ?? "ratio", stats[key], language);
        return (
          <Stat key={key} name={key} label={metric?.label[language] ?? key} hint={metric?.formula}>
            {isGain(key) ? <Change value={stats[key]}>{text}</Change> : text}
            {tooSmall.includes(key) && (
              <span className="ml-1.5 align-middle">
                <Badge tone="doubt">{words.tooSmall}</Badge>
              </span>
            )}
          </Stat>
        );
      })}
    </dl>
  );
}
