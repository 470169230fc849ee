"use client";
/** The figures that are asked for first. */
import { useMetrics } from "@/api/metrics";
import { Stat } from "@/ui/stat";
import { Skeleton } from "@/ui/states";
import { useLanguage } from "@/words/language";
import { ShownFigure } from "./shown-figure";

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
  if (metrics.size === 0) return <Skeleton className="h-12" />; // without its unit a figure cannot be shown
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4 xl:grid-cols-8">
      {HEADLINES.map((key) => {
        const metric = metrics.get(key);
        if (!metric) return null;
        return (
          <Stat key={key} name={key} label={metric.label[language]} hint={metric.formula}>
            <ShownFigure metric={metric} value={stats[key]} tooSmall={tooSmall.includes(key)} />
          </Stat>
        );
      })}
    </dl>
  );
}
