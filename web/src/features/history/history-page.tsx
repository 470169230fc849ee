"use client";
/** Everything that was ever submitted: found again, opened, compared, cancelled. */
import { useSearchParams } from "next/navigation";
import { useEffect, useMemo, useState } from "react";
import { count } from "@/format/numbers";
import { comparisonAddress, MOST_COMPARED } from "@/jobs/comparison";
import { useEntries } from "@/jobs/entries";
import { Button, ButtonLink } from "@/ui/button";
import { Input, Select } from "@/ui/field";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { HistoryTable } from "./history-table";
import { addressOf, EVERYTHING, type Filter, filterIn, matches, STATES } from "./matching";
import { WORDS } from "./words";

export function HistoryPage() {
  const words = useWords(WORDS);
  const { backtests, entries } = useEntries();
  const asked = useSearchParams();
  // The field has its own state: what is typed must not wait for the address.
  const [filter, show] = useState(() => filterIn(asked));
  const setFilter = (next: Filter) => {
    show(next);
    window.history.replaceState(null, "", addressOf(next));
  };
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const shown = useMemo(() => entries.filter((entry) => matches(entry, filter)), [entries, filter]);
  const unknown = entries.filter((entry) => !entry.newest && !entry.error).length;
  const filtering = filter.text.trim() !== "" || filter.state !== "all";
  const { hasNextPage, isFetching, fetchNextPage } = backtests;
  // What is looked for may be on any page, and the API cannot look for it: all of them are brought.
  const wantsMore = hasNextPage && !isFetching && (filtering || (unknown === 0 && shown.length === 0));
  useEffect(() => {
    if (wantsMore) void fetchNextPage();
  }, [wantsMore, fetchNextPage]);

  return (
    <div className="grid grid-cols-1 gap-4">
      <header>
        <h1 className="text-2xl font-semibold">{words.title}</h1>
        <p className="mt-1 text-ink-soft">{words.about}</p>
      </header>
      {backtests.error && <Failure error={backtests.error} again={() => void backtests.refetch()} />}
      {backtests.isPending && <Skeleton className="h-96" />}
      {backtests.data && entries.length === 0 && (
        <Empty title={words.none}>
          <p className="mb-3">{words.noneHelp}</p>
          <ButtonLink look="primary" href="/templates/">
            {words.begin}
          </ButtonLink>
        </Empty>
      )}
      {entries.length > 0 && (
        <>
          <div className="flex flex-wrap items-end gap-3">
            <Input
              label={words.search}
              type="search"
              className="w-56"
              placeholder={words.searchHint}
              value={filter.text}
              onChange={(event) => setFilter({ ...filter, text: event.target.value })}
            />
            <Select
              label={words.filter}
              className="w-36"
              value={filter.state}
              onChange={(event) => setFilter({ ...filter, state: event.target.value as Filter["state"] })}
            >
              <option value="all">{words.everything}</option>
              {STATES.map((state) => (
                <option key={state} value={state}>
                  {words.state[state]}
                </option>
              ))}
            </Select>
            <Picked chosen={chosen} clear={() => setChosen([])} />
          </div>
          {shown.length > 0 ? (
            <HistoryTable
              entries={shown}
              chosen={chosen}
              onChoose={setChosen}
              onEnd={() => hasNextPage && !isFetching && void fetchNextPage()}
            />
          ) : (
            unknown === 0 &&
            !hasNextPage && (
              <Empty title={words.nothing}>
                <p className="mb-3">{words.nothingHelp}</p>
                <Button onClick={() => setFilter(EVERYTHING)}>{words.reset}</Button>
              </Empty>
            )
          )}
          <p role="status" className="text-xs text-ink-soft">
            {unknown > 0
              ? words.looking(count(unknown))
              : words.loaded(count(shown.length), count(entries.length), hasNextPage)}
          </p>
        </>
      )}
    </div>
  );
}

function Picked({ chosen, clear }: { chosen: readonly string[]; clear: () => void }) {
  const words = useWords(WORDS);
  if (chosen.length === 0) return null;
  return (
    <div className="ml-auto flex flex-wrap items-center gap-2">
      {chosen.length >= MOST_COMPARED && <span className="text-xs text-ink-soft">{words.most(MOST_COMPARED)}</span>}
      <Button look="quiet" onClick={clear}>
        {words.clear}
      </Button>
      <ButtonLink look="primary" href={comparisonAddress(chosen)}>
        {words.compare(chosen.length)}
      </ButtonLink>
    </div>
  );
}
