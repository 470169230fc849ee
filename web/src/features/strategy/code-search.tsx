"use client";
/** Stocks and funds of the dataset by a part of their code or name; a press adds one to the list above. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, bodyOf } from "@/api/client";
import { codeOf, listOf } from "@/jobs/context";
import { Input } from "@/ui/field";
import { Failure } from "@/ui/states";
import { useWords } from "@/words/language";
import { CONTEXT_WORDS } from "./context-words";
import { useSettled } from "./judgement";

const SHOWN = 20;
const PAUSE_MS = 250;

interface Props {
  dataset: string;
  chosen: string;
  onAdd: (code: string) => void;
}

export function CodeSearch({ dataset, chosen, onAdd }: Props) {
  const words = useWords(CONTEXT_WORDS);
  const [typed, setTyped] = useState("");
  const search = useSettled(typed.trim(), PAUSE_MS);
  const found = useQuery({
    queryKey: ["instruments", dataset, search],
    queryFn: ({ signal }) =>
      bodyOf(
        api.GET("/api/market/instruments", {
          params: { query: { datasource_version: dataset, search, limit: SHOWN } } as never,
          signal,
        }),
      ),
    enabled: search !== "",
    placeholderData: keepPreviousData,
  });
  const already = new Set(listOf(chosen).map(codeOf));
  return (
    <div className="col-span-2">
      <Input
        label={words.search}
        placeholder={words.searchHint}
        type="search"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {found.error && <Failure error={found.error} again={() => void found.refetch()} />}
      {search !== "" && found.data && (
        <>
          <p role="status" className="mt-1 text-xs text-ink-soft">
            {found.data.total > 0 ? words.found(found.data.total) : words.nothing}
          </p>
          <ul className="mt-1 max-h-48 overflow-auto rounded-md border border-line empty:hidden">
            {found.data.items.map((each) => (
              <li key={each.ts_code}>
                <button
                  type="button"
                  disabled={already.has(each.ts_code)}
                  onClick={() => onAdd(each.ts_code)}
                  className="flex min-h-9 w-full items-center gap-2 px-2.5 text-left hover:bg-accent-ground disabled:hover:bg-transparent"
                >
                  <span className="sr-only">{words.add}</span>
                  <span>{each.ts_code}</span>
                  <span className="truncate">{each.name}</span>
                  <span className="ml-auto shrink-0 text-xs text-ink-soft">
                    {already.has(each.ts_code)
                      ? words.added
                      : each.delist_date
                        ? words.delisted(each.delist_date)
                        : [words.board[each.board] ?? each.board, each.industry].filter(Boolean).join(" · ")}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
