"use client";
/** The table's columns: place, a box to select by, parameters, figures, and the state where not all is well. */
import { useMemo } from "react";
import { useMetrics } from "@/api/metrics";
import { parameter, parameters } from "@/format/parameters";
import type { Run } from "@/jobs/run";
import { Badge } from "@/ui/badge";
import type { Column } from "@/ui/table";
import { useLanguage, useWords } from "@/words/language";
import { FigureText } from "./figure-text";
import { cancelReason, message } from "./reasons";
import { isSmall } from "./small";
import { TONES } from "./tones";
import { WORDS } from "./words";

/** What /compare/ can show at once is more; more than four curves nobody tells apart. */
export const MOST_CHOSEN = 4;

/** Of a parameter's name in the head, in rem. */
const LETTER = 0.5;

export type Chosen = ReadonlyMap<string, Run>;

interface Props {
  names: readonly string[];
  figures: readonly string[];
  /** There are runs that did not succeed. */
  states: boolean;
  choose: (run: Run) => void;
}

export function useColumns({ names, figures, states, choose }: Props): Column<Run>[] {
  const words = useWords(WORDS);
  const language = useLanguage();
  const metrics = useMetrics();
  return useMemo(() => {
    const state: Column<Run> = {
      key: "status",
      head: words.state,
      width: figures.length > 0 ? "minmax(7rem, 1.2fr)" : "minmax(20rem, 6fr)",
      cell: (run) => {
        const why = run.status === "cancelled" ? (words.reasons[cancelReason(run)] ?? "") : message(run);
        return (
          <span title={why}>
            <Badge tone={TONES[run.status] ?? "plain"}>{words.runStatus[run.status]}</Badge> {why}
          </span>
        );
      },
    };
    return [
      { key: "position", head: "#", cell: (_, index) => index + 1, number: true, width: "3.5rem" },
      {
        key: "choose",
        head: <span className="sr-only">{words.choose("")}</span>,
        width: "2.75rem",
        cell: (run, _, selected) => (
          <label className="-ml-1 grid size-9 cursor-pointer place-items-center">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              aria-label={words.choose(parameters(run.params))}
              checked={selected}
              onChange={() => choose(run)}
            />
          </label>
        ),
      },
      ...names.map(
        (name): Column<Run> => ({
          key: `params.${name}`,
          head: <span className="font-mono">{name}</span>,
          cell: (run) => parameter(run.params[name]),
          number: true,
          sortable: true,
          width: `minmax(${Math.max(4, name.length * LETTER + 1.5)}rem, 0.8fr)`,
        }),
      ),
      ...(states ? [state] : []),
      ...figures.map(
        (key): Column<Run> => ({
          key: `stats.${key}`,
          head: metrics.get(key)?.label[language] ?? key,
          number: true,
          sortable: true,
          cell: (run) => (
            <>
              {isSmall(metrics.get(key), run.stats) && (
                <abbr title={words.small} className="mr-0.5 text-doubt no-underline">
                  *
                </abbr>
              )}
              <span data-metric={key}>
                <FigureText name={key} metric={metrics.get(key)} value={run.stats?.[key]} language={language} />
              </span>
            </>
          ),
        }),
      ),
    ];
  }, [names, figures, states, choose, metrics, language, words]);
}
