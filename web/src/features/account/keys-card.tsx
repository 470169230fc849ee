"use client";
/** API keys: which there are, a new one, and the end of one. */
import { useState } from "react";
import { moment } from "@/format/numbers";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Dialog } from "@/ui/dialog";
import { notify } from "@/ui/notices";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { useLanguage, useWords } from "@/words/language";
import { KEYS } from "./key-words";
import { type Key, useKeys, useRevoke } from "./keys";
import { NewKeyDialog } from "./new-key";

export function KeysCard() {
  const words = useWords(KEYS);
  const keys = useKeys();
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<Key | null>(null);
  const rows = keys.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card
      title={words.title}
      actions={<Button onClick={() => setMaking(true)}>{words.make}</Button>}
      className="min-w-0"
    >
      <p className="mb-3 text-ink-soft">{words.text}</p>
      {keys.isPending && <Skeleton className="h-24" />}
      {keys.error && <Failure error={keys.error} again={() => void keys.refetch()} />}
      {keys.data && rows.length === 0 && <Empty title={words.none}>{words.noneText}</Empty>}
      {rows.length > 0 && <KeyTable rows={rows} onRevoke={setEnding} />}
      {keys.hasNextPage && (
        <Button className="mt-2" busy={keys.isFetchingNextPage} onClick={() => void keys.fetchNextPage()}>
          {words.more}
        </Button>
      )}
      {making && <NewKeyDialog onClose={() => setMaking(false)} />}
      {ending && <Revoke ended={ending} onClose={() => setEnding(null)} />}
    </Card>
  );
}

function KeyTable({ rows, onRevoke }: { rows: readonly Key[]; onRevoke: (key: Key) => void }) {
  const words = useWords(KEYS);
  const language = useLanguage();
  const columns: Column<Key>[] = [
    {
      key: "name",
      head: words.name,
      width: "minmax(9rem, 2fr)",
      cell: (row) => <span title={row.name}>{row.name}</span>,
    },
    {
      key: "scopes",
      head: words.scopes,
      width: "minmax(11rem, 2fr)",
      cell: (row) => row.scopes.map((each) => words.scope[each]).join(" · "),
    },
    { key: "created", head: words.created, width: "9.5rem", cell: (row) => moment(row.created_at, language) },
    {
      key: "expires",
      head: words.expires,
      width: "9.5rem",
      cell: (row) => {
        if (!row.expires_at) return words.ever;
        if (Date.parse(row.expires_at) < Date.now()) return <Badge tone="doubt">{words.expired}</Badge>;
        return moment(row.expires_at, language);
      },
    },
    {
      key: "used",
      head: words.lastUsed,
      width: "9.5rem",
      cell: (row) => (row.last_used_at ? moment(row.last_used_at, language) : words.never),
    },
    {
      key: "revoke",
      head: <span className="sr-only">{words.revoke}</span>,
      width: "6rem",
      cell: (row) => (
        <Button
          look="danger"
          className="min-h-8"
          aria-label={`${words.revoke} ${row.name}`}
          onClick={() => onRevoke(row)}
        >
          {words.revoke}
        </Button>
      ),
    },
  ];
  return <Table label={words.title} columns={columns} rows={rows} rowKey={(row) => row.key_id} />;
}

function Revoke({ ended, onClose }: { ended: Key; onClose: () => void }) {
  const words = useWords(KEYS);
  const revoke = useRevoke();
  const act = () =>
    revoke.mutate(ended.key_id, {
      onSuccess: () => {
        notify(words.revoked(ended.name));
        onClose();
      },
    });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words.revokeTitle(ended.name)}
      description={words.revokeText}
    >
      {revoke.error && <Failure error={revoke.error} />}
      <div className="mt-2 flex gap-2">
        <Button look="danger" busy={revoke.isPending} onClick={act}>
          {words.revoke}
        </Button>
        <Button onClick={onClose}>{words.keep}</Button>
      </div>
    </Dialog>
  );
}
