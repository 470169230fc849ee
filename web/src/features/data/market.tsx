"use client";
/** Who is in a dataset: instruments by board, and the indices. */
import { count } from "@/format/numbers";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Failure, Skeleton } from "@/ui/states";
import { Table } from "@/ui/table";
import { useLanguage, useWords } from "@/words/language";
import { useBoards, useIndices } from "./datasets";
import { boardName } from "./names";
import { WORDS } from "./words";

export function Boards({ version }: { version: string }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { boards, pending, error } = useBoards(version);
  const total = boards.reduce((sum, each) => sum + each.total, 0);
  return (
    <Card title={words.boards} className="min-w-0">
      {error && <Failure error={error} />}
      {pending && <Skeleton className="h-24" />}
      {!pending && !error && (
        <>
          <Table
            label={words.boards}
            columns={[
              { key: "board", head: words.board, cell: (row) => boardName(row.board, language) },
              { key: "total", head: words.listings, number: true, cell: (row) => count(row.total) },
            ]}
            rows={boards}
            rowKey={(row) => row.board}
          />
          <p className="mt-2 text-xs text-ink-soft">{words.instruments(count(total))}</p>
        </>
      )}
    </Card>
  );
}

export function Indices({ version, onPick }: { version: string; onPick: (code: string) => void }) {
  const words = useWords(WORDS);
  const indices = useIndices(version);
  const told = (is: boolean) => (is ? words.yes : <span className="text-ink-soft">{words.no}</span>);
  return (
    <Card title={words.indices} className="min-w-0">
      {indices.isPending && <Skeleton className="h-24" />}
      {indices.error && <Failure error={indices.error} again={() => void indices.refetch()} />}
      {indices.data?.items.length === 0 && <p className="text-ink-soft">{words.noIndices}</p>}
      {indices.data && indices.data.items.length > 0 && (
        <Table
          label={words.indices}
          height={300}
          columns={[
            {
              key: "code",
              head: words.index,
              cell: (row) => (
                <Button look="quiet" className="-ml-2.5 min-h-8 text-accent" onClick={() => onPick(row.ts_code)}>
                  {row.ts_code}
                </Button>
              ),
            },
            { key: "bars", head: words.benchmark, width: "7rem", cell: (row) => told(row.has_bars) },
            { key: "members", head: words.universe, width: "7rem", cell: (row) => told(row.has_members) },
            { key: "first", head: words.from, cell: (row) => row.first ?? "–" },
            { key: "last", head: words.to, cell: (row) => row.last ?? "–" },
          ]}
          rows={indices.data.items}
          rowKey={(row) => row.ts_code}
        />
      )}
    </Card>
  );
}
