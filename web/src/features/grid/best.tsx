"use client";
/** The best combination, while the grid goes on and after, with what the diagnosis says of it. */
import { useState } from "react";
import { useMetrics } from "@/api/metrics";
import { parameter } from "@/format/parameters";
import { type Best, type Grid, isSettled, useDiagnosis } from "@/jobs/grid";
import { Badge } from "@/ui/badge";
import { Card } from "@/ui/card";
import { Choice } from "@/ui/choice";
import { Stat } from "@/ui/stat";
import { useLanguage, useWords } from "@/words/language";
import { FigureText } from "./figure-text";
import { RunActions } from "./run-actions";
import { isSmall } from "./small";
import { TONES } from "./tones";
import { WORDS } from "./words";

const FIGURES = ["return", "annual_return", "excess_return", "sharpe", "max_dd", "win_rate", "profit_factor", "trades"];
type By = "return" | "sharpe";

/** The grid's own is by return; its summary knows the best Sharpe ratio, too. */
function bestBy(grid: Grid, by: By): Best | null {
  const known = grid.summary?.best as Partial<Record<By, Best | null>> | undefined;
  return known?.[by] ?? grid.best;
}

export function BestCard({ grid, toDiagnosis }: { grid: Grid; toDiagnosis: () => void }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const metrics = useMetrics();
  const [by, setBy] = useState<By>("return");
  const best = bestBy(grid, by);
  if (!best) return null;
  const differs = bestBy(grid, "sharpe")?.run_id !== bestBy(grid, "return")?.run_id;
  return (
    <Card
      title={isSettled(grid) ? words.best : words.bestSoFar}
      actions={
        differs && (
          <Choice
            label={words.bestBy}
            value={by}
            onChange={setBy}
            options={[
              { value: "return", label: words.byReturn },
              { value: "sharpe", label: words.bySharpe },
            ]}
          />
        )
      }
    >
      <ul className="mb-3 flex flex-wrap gap-2">
        {Object.entries(best.params).map(([name, value]) => (
          <li key={name} className="rounded bg-accent-ground px-2 py-0.5 font-mono text-accent-strong">
            {name} = {parameter(value)}
          </li>
        ))}
      </ul>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4 xl:grid-cols-8">
        {FIGURES.map((key) => (
          <Stat key={key} name={key} label={metrics.get(key)?.label[language] ?? key} hint={metrics.get(key)?.formula}>
            <FigureText name={key} metric={metrics.get(key)} value={best.stats?.[key]} language={language} />
            {isSmall(metrics.get(key), best.stats) && (
              <span className="ml-1.5 align-middle">
                <Badge tone="doubt">{words.small}</Badge>
              </span>
            )}
          </Stat>
        ))}
      </dl>
      {isSettled(grid) && !grid.archived_at && <Verdict grid={grid} open={toDiagnosis} />}
      <div className="mt-4 flex flex-wrap gap-2">
        <RunActions backtest={grid.backtest_id} run={best} primary={isSettled(grid)} />
      </div>
    </Card>
  );
}

function Verdict({ grid, open }: { grid: Grid; open: () => void }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { data } = useDiagnosis(grid);
  if (!data) return null;
  return (
    <p className="mt-3 flex flex-wrap items-center gap-x-2 gap-y-1">
      <Badge tone={TONES[data.verdict] ?? "plain"}>{words.verdicts[data.verdict]}</Badge>
      <span>{data.summary[language]}</span>
      <button type="button" className="min-h-9 text-accent underline-offset-2 hover:underline" onClick={open}>
        {words.toDiagnosis}
      </button>
    </p>
  );
}
