"use client";
/** Instruments by a part of their code or name. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { count } from "@/format/numbers";
import { classes } from "@/ui/classes";
import { Input } from "@/ui/field";
import { Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { instruments } from "./datasets";
import { INSTRUMENT } from "./instrument-words";
import { boardName } from "./names";

const MOST = 60;

export function Finder({ version, code, onPick }: { version: string; code: string; onPick: (code: string) => void }) {
  const words = useWords(INSTRUMENT);
  const language = useLanguage();
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ["instruments", version, search],
    queryFn: ({ signal }) => instruments(version, search ? { search } : {}, MOST, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <div className="grid content-start gap-2">
      <Input
        label={words.search}
        hint={words.hint}
        type="search"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {found.isPending && <Skeleton className="h-64" />}
      {found.error && <Failure error={found.error} again={() => void found.refetch()} />}
      {found.data && (
        <>
          <p role="status" className="text-xs text-ink-soft">
            {found.data.total ? words.found(count(found.data.items.length), count(found.data.total)) : words.nobody}
          </p>
          <ul className="max-h-40 overflow-auto rounded-md border border-line lg:max-h-[30rem]">
            {found.data.items.map((each) => (
              <li key={each.ts_code} className="border-b border-line last:border-b-0">
                <button
                  type="button"
                  aria-current={each.ts_code === code ? "true" : undefined}
                  onClick={() => onPick(each.ts_code)}
                  className={classes(
                    "grid min-h-9 w-full grid-cols-[6rem_1fr_auto] items-center gap-2 px-2.5 text-left",
                    each.ts_code === code ? "bg-accent-ground font-medium" : "hover:bg-ground",
                  )}
                >
                  <span>{each.ts_code}</span>
                  <span className="truncate">{each.name}</span>
                  <span className="text-xs text-ink-soft">{boardName(each.board, language)}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
