"use client";
/** What can be done with the rows that are selected. */
import { parameters } from "@/format/parameters";
import type { Grid } from "@/jobs/grid";
import { Button, ButtonLink } from "@/ui/button";
import { useWords } from "@/words/language";
import type { Chosen } from "./columns";
import { RunActions } from "./run-actions";
import { WORDS } from "./words";

interface Props {
  grid: Grid;
  chosen: Chosen;
  clear: () => void;
}

export function ChosenBar({ grid, chosen, clear }: Props) {
  const words = useWords(WORDS);
  const [first] = chosen.values();
  if (!first) return <p className="mt-3 text-xs text-ink-soft">{words.chosenHint}</p>;
  const comparable = [...chosen.values()].filter((run) => run.status === "succeeded").map((run) => run.run_id);
  return (
    <div className="mt-3 flex flex-wrap items-center gap-2 rounded-md border border-accent bg-accent-ground p-2">
      <span role="status" className="px-1 font-medium">
        {words.chosen(chosen.size)}
        {chosen.size === 1 && <span className="ml-2 font-mono font-normal">{parameters(first.params)}</span>}
      </span>
      <div className="ml-auto flex flex-wrap gap-2">
        {chosen.size === 1 ? (
          <RunActions key={first.run_id} backtest={grid.backtest_id} run={first} />
        ) : (
          comparable.length > 1 && (
            <ButtonLink look="primary" href={`/compare/?runs=${comparable.join(",")}`}>
              {words.compare}
            </ButtonLink>
          )
        )}
        <Button look="quiet" onClick={clear}>
          {words.unchoose}
        </Button>
      </div>
    </div>
  );
}
