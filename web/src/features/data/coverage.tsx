"use client";
/** From when to when there are bars and facts. */
import { count } from "@/format/numbers";
import { Card } from "@/ui/card";
import { type Column, Table } from "@/ui/table";
import { type Language, useLanguage, useWords } from "@/words/language";
import type { Dataset } from "./datasets";
import { frequencyName, tableName } from "./names";
import { WORDS } from "./words";

type Frequency = Dataset["frequencies"][number];
type Stored = Dataset["tables"][number];
type Said = (typeof WORDS)["zh"];

function frequencyColumns(words: Said, language: Language): Column<Frequency>[] {
  return [
    { key: "frequency", head: words.frequency, cell: (row) => frequencyName(row.frequency, language) },
    { key: "first", head: words.from, width: "7rem", cell: (row) => row.first ?? "–" },
    { key: "last", head: words.to, width: "7rem", cell: (row) => row.last ?? "–" },
    {
      key: "origin",
      head: words.origin,
      width: "minmax(10.5rem, 1.4fr)",
      cell: (row) =>
        row.made_from ? (
          <span className="text-ink-soft">{words.madeFrom(frequencyName(row.made_from, language))}</span>
        ) : (
          words.stored
        ),
    },
  ];
}

function tableColumns(words: Said, language: Language): Column<Stored>[] {
  return [
    { key: "table", head: words.table, width: "minmax(9.5rem, 1.4fr)", cell: (row) => tableName(row.name, language) },
    {
      key: "name",
      head: words.key,
      width: "7.5rem",
      cell: (row) => <code className="font-mono text-xs text-ink-soft">{row.name}</code>,
    },
    {
      key: "rows",
      head: words.rows,
      number: true,
      width: "6rem",
      cell: (row) => <span data-metric="rows">{count(row.rows)}</span>,
    },
    {
      key: "first",
      head: words.from,
      width: "7rem",
      cell: (row) => row.first ?? <span className="text-ink-soft">{words.timeless}</span>,
    },
    { key: "last", head: words.to, width: "7rem", cell: (row) => row.last ?? "" },
  ];
}

export function Frequencies({ dataset }: { dataset: Dataset }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  return (
    <Card title={words.coverage} className="min-w-0">
      <Table
        label={words.coverage}
        columns={frequencyColumns(words, language)}
        rows={dataset.frequencies}
        rowKey={(row) => row.frequency}
      />
      <p className="mt-3 text-xs text-ink-soft">{words.pinned}</p>
    </Card>
  );
}

export function Tables({ dataset }: { dataset: Dataset }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  return (
    <Card title={words.tables} className="min-w-0">
      <Table
        label={words.tables}
        columns={tableColumns(words, language)}
        rows={dataset.tables}
        rowKey={(row) => row.name}
        height={760}
      />
    </Card>
  );
}
