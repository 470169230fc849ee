"use client";
/** One's own strategies, newest first: found by name, opened, renamed, deleted. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { api, bodyOf, type Schemas } from "@/api/client";
import { count, decimal, moment } from "@/format/numbers";
import { Badge } from "@/ui/badge";
import { Button, ButtonLink } from "@/ui/button";
import { Change } from "@/ui/change";
import { Input } from "@/ui/field";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { type Language, useLanguage, useWords } from "@/words/language";
import { useSettled } from "./judgement";
import { LIST_WORDS } from "./list-words";
import { DeleteDialog, RenameDialog } from "./strategy-dialogs";

type Listed = Schemas["StrategyListed"];
type Doing = { what: "rename" | "delete"; strategy: Listed } | null;
const PAGE = 50;
const PAUSE_MS = 250;

export function StrategiesList() {
  const words = useWords(LIST_WORDS);
  const tongue = useLanguage();
  const [typed, setTyped] = useState("");
  const [doing, setDoing] = useState<Doing>(null);
  const name = useSettled(typed.trim(), PAUSE_MS);
  const found = useInfiniteQuery({
    queryKey: ["strategies", name],
    queryFn: ({ pageParam }) =>
      bodyOf(
        api.GET("/api/strategies", {
          params: { query: { limit: PAGE, ...(name && { name }), ...(pageParam && { cursor: pageParam }) } } as never,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const rows = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <header className="mb-4 flex flex-wrap items-end gap-3">
        <div>
          <h1 className="text-2xl font-semibold">{words.title}</h1>
          <p className="text-ink-soft">{words.hint}</p>
        </div>
        <div className="ml-auto flex flex-wrap items-end gap-2">
          <Input
            label={words.filter}
            placeholder={words.filterHint}
            type="search"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <ButtonLink href="/templates/">{words.templates}</ButtonLink>
          <ButtonLink href="/strategies/?new" look="primary">
            {words.fresh}
          </ButtonLink>
        </div>
      </header>
      {found.error && <Failure error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Skeleton className="h-64" />}
      {found.data && rows.length === 0 && (
        <Empty title={name ? words.noMatch : words.none}>
          {name ? (
            <Button onClick={() => setTyped("")}>{words.clear}</Button>
          ) : (
            <>
              <p className="mb-3">{words.noneText}</p>
              <ButtonLink href="/templates/" look="primary">
                {words.templates}
              </ButtonLink>
            </>
          )}
        </Empty>
      )}
      {rows.length > 0 && (
        <Table
          label={words.label}
          columns={columns(words, tongue, setDoing)}
          rows={rows}
          rowKey={(row) => row.strategy_id}
          height={640}
        />
      )}
      {found.hasNextPage && (
        <Button className="mt-3" busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {words.more}
        </Button>
      )}
      {doing?.what === "rename" && <RenameDialog strategy={doing.strategy} onClose={() => setDoing(null)} />}
      {doing?.what === "delete" && <DeleteDialog strategy={doing.strategy} onClose={() => setDoing(null)} />}
    </>
  );
}

function columns(
  words: (typeof LIST_WORDS)["zh"],
  tongue: Language,
  act: (doing: Doing) => void,
): readonly Column<Listed>[] {
  return [
    {
      key: "name",
      head: words.name,
      width: "minmax(9rem, 1fr)",
      cell: (row) => (
        <>
          <Link href={`/strategies/?id=${row.strategy_id}`} title={row.name} className="font-medium">
            {row.name}
          </Link>{" "}
          {row.tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </>
      ),
    },
    // Beside the name, so that a telephone has them in sight.
    {
      key: "actions",
      head: words.actions,
      width: "10rem",
      cell: (row) => (
        <span className="flex">
          <Button
            look="quiet"
            aria-label={`${words.rename} ${row.name}`}
            onClick={() => act({ what: "rename", strategy: row })}
          >
            {words.rename}
          </Button>
          <Button
            look="quiet"
            className="text-bad"
            aria-label={`${words.remove} ${row.name}`}
            onClick={() => act({ what: "delete", strategy: row })}
          >
            {words.remove}
          </Button>
        </span>
      ),
    },
    { key: "version", head: words.version, number: true, width: "5rem", cell: (row) => count(row.version) },
    {
      key: "changed",
      head: words.changed,
      width: "minmax(10rem, 1fr)",
      cell: (row) => moment(row.changed_at, tongue),
    },
    { key: "runs", head: words.runs, number: true, width: "6rem", cell: (row) => count(row.summary.runs) },
    {
      key: "return",
      head: words.bestReturn,
      number: true,
      width: "8rem",
      cell: (row) => (
        <span data-metric="best_return">
          <Change value={row.summary.best_return} />
        </span>
      ),
    },
    {
      key: "sharpe",
      head: words.bestSharpe,
      number: true,
      width: "7rem",
      cell: (row) => <span data-metric="best_sharpe">{decimal(row.summary.best_sharpe)}</span>,
    },
    {
      key: "last",
      head: words.lastRun,
      width: "minmax(10rem, 1fr)",
      cell: (row) => (row.summary.last_submitted_at ? moment(row.summary.last_submitted_at, tongue) : words.never),
    },
  ];
}
