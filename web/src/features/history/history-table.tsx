"use client";
/** The table of the history, newest first, as the API has it. */
import { useMemo } from "react";
import { useMetrics } from "@/api/metrics";
import { moment } from "@/format/numbers";
import { MOST_COMPARED } from "@/jobs/comparison";
import { frequencySaid, type Setting, universeSaid, windowSaid } from "@/jobs/setting";
import { comparable, keyOf, type Submission } from "@/jobs/submissions";
import { type Column, Table } from "@/ui/table";
import { useLanguage, useWords } from "@/words/language";
import { CancelCell, FigureCell, KindCell, NameCell, StateCell } from "./cells";
import { WORDS } from "./words";

const FIGURES = ["return", "sharpe", "max_dd"];

interface Props {
  submissions: readonly Submission[];
  /** Runs that were picked for a comparison. */
  chosen: readonly string[];
  onChoose: (chosen: readonly string[]) => void;
  onEnd: () => void;
}

const settingOf = (submission: Submission) => submission.backtest.context as Setting;

export function HistoryTable({ submissions, chosen, onChoose, onEnd }: Props) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const metrics = useMetrics();
  const columns = useMemo(
    (): Column<Submission>[] => [
      {
        key: "choose",
        head: words.choose,
        width: "3rem",
        cell: (each) => <Chooser submission={each} chosen={chosen} onChoose={onChoose} />,
      },
      {
        key: "strategy",
        head: words.strategy,
        width: "minmax(11rem, 1fr)",
        cell: (each) => <NameCell submission={each} />,
      },
      {
        key: "status",
        head: words.status,
        width: "9.5rem",
        cell: (each) => (
          <span className="flex items-center gap-1">
            <StateCell submission={each} />
            <CancelCell submission={each} />
          </span>
        ),
      },
      ...FIGURES.map(
        (name): Column<Submission> => ({
          key: name,
          head: metrics.get(name)?.label[language] ?? name,
          number: true,
          width: "7.5rem",
          cell: (each) => <FigureCell submission={each} name={name} />,
        }),
      ),
      { key: "kind", head: words.kind, width: "9rem", cell: (each) => <KindCell submission={each} /> },
      { key: "window", head: words.window, width: "12.5rem", cell: (each) => windowSaid(settingOf(each)) },
      {
        key: "universe",
        head: words.universe,
        width: "10rem",
        cell: (each) => {
          const { universe, frequency } = settingOf(each);
          const said = `${frequencySaid(frequency, language)} · ${universeSaid(universe, language)}`;
          return <span title={said}>{said}</span>;
        },
      },
      {
        key: "made",
        head: words.made,
        width: "10rem",
        cell: (each) => moment(each.created_at, language),
      },
    ],
    [words, language, metrics, chosen, onChoose],
  );
  return (
    <div className="rounded-md bg-surface">
      <Table label={words.table} columns={columns} rows={submissions} rowKey={keyOf} onEnd={onEnd} height={640} />
    </div>
  );
}

function Chooser({ submission, chosen, onChoose }: { submission: Submission } & Pick<Props, "chosen" | "onChoose">) {
  const words = useWords(WORDS);
  const run = comparable(submission)?.run_id;
  const on = run ? chosen.includes(run) : false;
  return (
    <label className="flex h-9 items-center">
      <span className="sr-only">{words.chooseOne(submission.backtest.strategy.name)}</span>
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
