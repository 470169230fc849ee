"use client";
/** The table of the history, newest first, as the API has it. */
import { useMemo } from "react";
import { useMetrics } from "@/api/metrics";
import { moment } from "@/format/numbers";
import { comparable } from "@/jobs/backtests";
import { MOST_COMPARED } from "@/jobs/comparison";
import type { Entry } from "@/jobs/entries";
import { frequencySaid, type Setting, universeSaid, windowSaid } from "@/jobs/setting";
import { type Column, Table } from "@/ui/table";
import { useLanguage, useWords } from "@/words/language";
import { CancelCell, FigureCell, KindCell, NameCell, StateCell } from "./cells";
import { WORDS } from "./words";

const FIGURES = ["return", "sharpe", "max_dd"];

interface Props {
  entries: readonly Entry[];
  /** Runs that were picked for a comparison. */
  chosen: readonly string[];
  onChoose: (chosen: readonly string[]) => void;
  onEnd: () => void;
}

const settingOf = (entry: Entry) => entry.backtest.context as Setting;

export function HistoryTable({ entries, chosen, onChoose, onEnd }: Props) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const metrics = useMetrics();
  const columns = useMemo(
    (): Column<Entry>[] => [
      {
        key: "choose",
        head: words.choose,
        width: "3rem",
        cell: (entry) => <Chooser entry={entry} chosen={chosen} onChoose={onChoose} />,
      },
      {
        key: "strategy",
        head: words.strategy,
        width: "minmax(11rem, 1fr)",
        cell: (entry) => <NameCell entry={entry} />,
      },
      {
        key: "status",
        head: words.status,
        width: "9.5rem",
        cell: (entry) => (
          <span className="flex items-center gap-1">
            <StateCell entry={entry} />
            <CancelCell entry={entry} />
          </span>
        ),
      },
      ...FIGURES.map(
        (name): Column<Entry> => ({
          key: name,
          head: metrics.get(name)?.label[language] ?? name,
          number: true,
          width: "6rem",
          cell: (entry) => <FigureCell entry={entry} name={name} />,
        }),
      ),
      { key: "kind", head: words.kind, width: "9rem", cell: (entry) => <KindCell entry={entry} /> },
      { key: "window", head: words.window, width: "12.5rem", cell: (entry) => windowSaid(settingOf(entry)) },
      {
        key: "universe",
        head: words.universe,
        width: "10rem",
        cell: (entry) => {
          const { universe, frequency } = settingOf(entry);
          const said = `${frequencySaid(frequency, language)} · ${universeSaid(universe, language)}`;
          return <span title={said}>{said}</span>;
        },
      },
      {
        key: "made",
        head: words.made,
        width: "10rem",
        cell: (entry) => moment(entry.newest?.newest?.created_at ?? entry.backtest.created_at, language),
      },
    ],
    [words, language, metrics, chosen, onChoose],
  );
  return (
    <div className="rounded-md bg-surface">
      <Table
        label={words.table}
        columns={columns}
        rows={entries}
        rowKey={(entry) => entry.backtest.backtest_id}
        onEnd={onEnd}
        height={640}
      />
    </div>
  );
}

function Chooser({ entry, chosen, onChoose }: { entry: Entry } & Pick<Props, "chosen" | "onChoose">) {
  const words = useWords(WORDS);
  const run = entry.newest?.newest && comparable(entry.newest.newest)?.run_id;
  const on = run ? chosen.includes(run) : false;
  return (
    <label className="flex h-9 items-center">
      <span className="sr-only">{words.chooseOne(entry.backtest.strategy.name)}</span>
      <input
        type="checkbox"
        className="size-4 accent-accent"
        checked={on}
        disabled={!run || (!on && chosen.length >= MOST_COMPARED)}
        onChange={() => run && onChoose(on ? chosen.filter((each) => each !== run) : [...chosen, run])}
      />
    </label>
  );
}
