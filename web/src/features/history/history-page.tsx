"use client";
/** Everything that was ever submitted: found again, opened, compared, cancelled. */
import { useSearchParams } from "next/navigation";
import { useEffect, useMemo, useState } from "react";
import { count } from "@/format/numbers";
import { comparisonAddress, MOST_COMPARED } from "@/jobs/comparison";
import { STATE_WORDS } from "@/jobs/state-words";
import { STATES, useSubmissions } from "@/jobs/submissions";
import { Button, ButtonLink } from "@/ui/button";
import { Input, Select } from "@/ui/field";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { HistoryTable } from "./history-table";
import { addressOf, EVERYTHING, type Filter, filterIn, matches } from "./matching";
import { WORDS } from "./words";

export function HistoryPage() {
  const words = useWords(WORDS);
  const states = useWords(STATE_WORDS);
  const { asked: list, submissions } = useSubmissions();
  const asked = useSearchParams();
  // The field has its own state: what is typed must not wait for the address.
  const [filter, show] = useState(() => filterIn(asked));
  const setFilter = (next: Filter) => {
    show(next);
    window.history.replaceState(null, "", addressOf(next));
  };
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const shown = useMemo(() => submissions.filter((each) => matches(each, filter)), [submissions, filter]);
  const filtering = filter.text.trim() !== "" || filter.state !== "all";
  const { hasNextPage, isFetching, fetchNextPage } = list;
  // What is looked for may be on any page, and the API cannot look for it: all of them are brought.
  const wantsMore = hasNextPage && !isFetching && filtering;
  useEffect(() => {
    if (wantsMore) void fetchNextPage();
  }, [wantsMore, fetchNextPage]);

  return (
    <div className="grid grid-cols-1 gap-4">
      <header>
        <h1 className="text-2xl font-semibold">{words.title}</h1>
        <p className="mt-1 text-ink-soft">{words.about}</p>
      </header>
      {list.error && <Failure error={list.error} again={() => void list.refetch()} />}
      {list.isPending && <Skeleton className="h-96" />}
      {list.data?.length === 0 && (
        <Empty title={words.none}>
          <p className="mb-3">{words.noneHelp}</p>
          <ButtonLink look="primary" href="/templates/">
            {words.begin}
          </ButtonLink>
        </Empty>
      )}
      {submissions.length > 0 && (
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
                  {states[state]}
                </option>
              ))}
            </Select>
            <Picked chosen={chosen} clear={() => setChosen([])} />
          </div>
          {shown.length > 0 ? (
            <HistoryTable
              submissions={shown}
              chosen={chosen}
              onChoose={setChosen}
              onEnd={() => hasNextPage && !isFetching && void fetchNextPage()}
            />
          ) : (
            !hasNextPage && (
              <Empty title={words.nothing}>
                <p className="mb-3">{words.nothingHelp}</p>
                <Button onClick={() => setFilter(EVERYTHING)}>{words.reset}</Button>
              </Empty>
            )
          )}
          <p role="status" className="text-xs text-ink-soft">
            {words.loaded(count(shown.length), count(submissions.length), hasNextPage)}
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
