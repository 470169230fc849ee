"use client";
/** Figures of the runs side by side, the best of each row marked where a comparison is fair. */
import { useState } from "react";
import type { Metric } from "@/api/metrics";
import { useMetrics } from "@/api/metrics";
import { keep } from "@/api/save";
import { csvFile } from "@/format/csv";
import { figure, isGain } from "@/format/metrics";
import { percent, signedPercent } from "@/format/numbers";
import { isTooSmall } from "@/format/samples";
import type { Setting } from "@/jobs/setting";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Change } from "@/ui/change";
import { Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { type Comparison, commonSpan, haveOneWindow, overCommon } from "./align";
import { bestOf } from "./best";
import { FigureRow, HeadRow } from "./table-rows";
import { WORDS } from "./words";

const MAIN = [
  ...["return", "annual_return", "benchmark_return", "excess_return", "alpha", "beta", "volatility", "sharpe"],
  ...["sortino", "calmar", "information_ratio", "max_dd", "max_dd_sessions", "win_rate", "profit_factor"],
  ...["trades", "turnover", "exposure", "sessions"],
];

export function FiguresTable({ comparison, labels }: { comparison: Comparison; labels: readonly string[] }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const metrics = useMetrics();
  const [all, setAll] = useState(false);
  if (metrics.size === 0) return <Skeleton className="h-64" />;
  const { runs } = comparison;
  const isOneWindow = haveOneWindow(comparison);
  const cash = runs.map((run) => (run.context as Setting).initial_cash);
  const benchmarks = runs.map((run) => (run.context as Setting).benchmark).filter(Boolean);
  const same = { window: isOneWindow, cash: new Set(cash).size === 1, benchmark: new Set(benchmarks).size === 1 };
  // where there is too little behind a figure, it is no best
  const sound = (metric: Metric) => runs.map((run) => (isTooSmall(metric, run.stats) ? null : run.stats[metric.key]));
  const rows = [...metrics.values()].filter((metric) => all || MAIN.includes(metric.key));
  const save = () =>
    keep(
      csvFile([
        ["metric", ...runs.map((run) => run.run_id)],
        ["strategy", ...runs.map((run) => run.strategy_name)],
        ...[...metrics.keys()].map((key) => [key, ...runs.map((run) => run.stats[key])]),
      ]),
      "comparison.csv",
    );
  const shown = (metric: Metric, value: number | null | undefined) => {
    const text = figure(metric.key, metric.unit, value, language);
    return isGain(metric.key) ? <Change value={value}>{text}</Change> : text;
  };
  return (
    <Card
      title={words.figures}
      actions={
        <>
          <Button aria-pressed={all} onClick={() => setAll(!all)}>
            {all ? words.fewer : words.all}
          </Button>
          <Button onClick={save}>{words.save}</Button>
        </>
      }
    >
      {!isOneWindow && <p className="mb-2 rounded-md bg-doubt-ground p-2 text-xs text-doubt">{words.windowsDiffer}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={words.figures}>
        <table className="w-full border-collapse text-right">
          <HeadRow runs={runs} labels={labels} first={words.figure} />
          <tbody>
            {rows.map((metric) => (
              <FigureRow
                key={metric.key}
                name={metric.key}
                label={metric.label[language]}
                hint={metric.formula}
                runs={runs}
                cell={(place) => shown(metric, runs[place]?.stats[metric.key])}
                best={bestOf(metric.key, sound(metric), same)}
                doubtful={runs.map((run) => run.stats[metric.key] != null && isTooSmall(metric, run.stats))}
              />
            ))}
          </tbody>
          {!isOneWindow && commonSpan(comparison) && <Common comparison={comparison} />}
        </table>
      </div>
      <p className="mt-2 text-xs text-ink-soft">{words.bestMeans}</p>
    </Card>
  );
}

/** What the windows share is the only part over which totals can be compared. */
function Common({ comparison }: { comparison: Comparison }) {
  const words = useWords(WORDS);
  const told = overCommon(comparison);
  const [first, last] = commonSpan(comparison) ?? [0, 0];
  const rows = [
    { name: "return", label: words.commonGain, values: told.map((each) => each.gain) },
    { name: "max_dd", label: words.commonWorst, values: told.map((each) => each.worst) },
  ];
  const { sessions, runs } = comparison;
  return (
    <tbody>
      <tr className="border-t-2 border-line">
        <th scope="rowgroup" colSpan={runs.length + 1} className="px-2 pt-3 pb-1 text-left text-xs text-ink-soft">
          {words.common(sessions[first] ?? "", sessions[last] ?? "")}
        </th>
      </tr>
      {rows.map(({ name, label, values }) => (
        <FigureRow
          key={name}
          name={`common.${name}`}
          label={label}
          runs={runs}
          cell={(place) =>
            name === "return" ? (
              <Change value={values[place]}>{signedPercent(values[place])}</Change>
            ) : (
              percent(values[place])
            )
          }
          best={bestOf(name, values, { window: true, cash: true, benchmark: true })}
          doubtful={values.map(() => false)}
        />
      ))}
    </tbody>
  );
}
