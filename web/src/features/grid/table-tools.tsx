"use client";
/** Above the table: which states, filters, columns, and the table as a file. */
import type { Grid } from "@/jobs/grid";
import type { Run } from "@/jobs/run";
import { Button } from "@/ui/button";
import { Choice } from "@/ui/choice";
import { useWords } from "@/words/language";
import { WORDS } from "./words";

const STATES: readonly Run["status"][] = ["succeeded", "running", "queued", "failed", "cancelled"];
const ALL = "all";

interface Props {
  grid: Grid;
  status: Run["status"] | undefined;
  setStatus: (status: Run["status"] | undefined) => void;
  /** Filters that are set. */
  filters: number;
  filtersOpen: boolean;
  toggleFilters: () => void;
  canFilter: boolean;
  openColumns: () => void;
  save: () => void;
  /** While the rows for the file are read: how far. */
  saving: string | null;
}

export function TableTools(props: Props) {
  const words = useWords(WORDS);
  const { grid } = props;
  const there = STATES.filter((state) => (grid.counts[state] ?? 0) > 0);
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      {there.length > 1 && (
        <div className="max-w-full overflow-x-auto">
          <Choice
            label={words.state}
            value={props.status ?? ALL}
            onChange={(next) => props.setStatus(next === ALL ? undefined : (next as Run["status"]))}
            options={[
              { value: ALL, label: `${words.all} ${grid.total.toLocaleString("en-US")}` },
              ...there.map((state) => ({
                value: state,
                label: `${words.runStatus[state]} ${(grid.counts[state] ?? 0).toLocaleString("en-US")}`,
              })),
            ]}
          />
        </div>
      )}
      <div className="ml-auto flex flex-wrap gap-2">
        <Button aria-expanded={props.filtersOpen} disabled={!props.canFilter} onClick={props.toggleFilters}>
          {props.filters ? words.filterCount(props.filters) : words.filter}
        </Button>
        <Button onClick={props.openColumns}>{words.columns}</Button>
        <Button busy={props.saving !== null} disabled={!props.canFilter} onClick={props.save}>
          {props.saving ?? words.csv}
        </Button>
      </div>
      {!props.canFilter && <p className="basis-full text-right text-xs text-ink-soft">{words.filterLater}</p>}
    </div>
  );
}
