"use client";
/** What the checks found: when the data came in, and when somebody last looked at all of them. */
import { count, moment } from "@/format/numbers";
import { Badge } from "@/ui/badge";
import { Card } from "@/ui/card";
import { Failure, Skeleton } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { type Language, useLanguage, useWords } from "@/words/language";
import { type Finding, useDataset } from "./datasets";
import { findingName } from "./finding-names";
import { tableName } from "./names";
import { WORDS } from "./words";

type Said = (typeof WORDS)["zh"];

function columns(words: Said, language: Language): Column<Finding>[] {
  return [
    {
      key: "severity",
      head: "",
      width: "5rem",
      cell: (row) => (
        <Badge tone={row.severity === "error" ? "bad" : "doubt"}>
          {row.severity === "error" ? words.error : words.warning}
        </Badge>
      ),
    },
    {
      key: "what",
      head: words.what,
      width: "minmax(16rem, 3fr)",
      cell: (row) => <span title={`${row.kind}: ${row.message}`}>{findingName(row.kind, row.message, language)}</span>,
    },
    { key: "count", head: words.many, number: true, width: "6rem", cell: (row) => count(row.count) },
    { key: "table", head: words.where, width: "8rem", cell: (row) => tableName(row.table, language) },
    {
      key: "days",
      head: words.days,
      width: "13rem",
      cell: (row) => (row.first === row.last ? (row.first ?? "–") : `${row.first ?? "–"} … ${row.last ?? "–"}`),
    },
    {
      key: "examples",
      head: words.examples,
      width: "minmax(16rem, 3fr)",
      cell: (row) => <span title={row.examples.join("\n")}>{row.examples.join("; ")}</span>,
    },
  ];
}

export function Quality({ version }: { version: string }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const dataset = useDataset(version);
  return (
    <Card title={words.quality} className="min-w-0">
      {dataset.isPending && <Skeleton className="h-24" />}
      {dataset.error && <Failure error={dataset.error} again={() => void dataset.refetch()} />}
      {dataset.data && (
        <>
          <Found title={words.atImport} findings={dataset.data.findings} counts={dataset.data.finding_counts} />
          {dataset.data.examination ? (
            <Found
              title={words.examined(moment(dataset.data.examination.examined_at, language))}
              findings={dataset.data.examination.findings}
              counts={dataset.data.examination.finding_counts}
            />
          ) : (
            <p className="mt-4 text-xs text-ink-soft">{words.notExamined}</p>
          )}
        </>
      )}
    </Card>
  );
}

interface FoundProps {
  title: string;
  findings: readonly Finding[];
  counts: { errors: number; warnings: number };
}

function Found({ title, findings, counts }: FoundProps) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const clean = !counts.errors && !counts.warnings;
  return (
    <section className="mt-4 first:mt-0">
      <h3 className="mb-2 flex flex-wrap items-center gap-2 text-sm font-medium">
        {title}
        {counts.errors > 0 && <Badge tone="bad">{words.errors(count(counts.errors))}</Badge>}
        {counts.warnings > 0 && <Badge tone="doubt">{words.warnings(count(counts.warnings))}</Badge>}
      </h3>
      {clean && !findings.length ? (
        <p className="text-good">{words.clean}</p>
      ) : (
        <Table
          label={title}
          columns={columns(words, language)}
          rows={findings}
          rowKey={(row, index) => `${row.kind}|${row.table}|${index}`}
        />
      )}
    </section>
  );
}
