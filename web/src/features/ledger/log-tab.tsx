"use client";
/** The log of a run as the engine wrote it: numbered, searched, saved. */
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { fetchFile } from "@/api/client";
import { count } from "@/format/numbers";
import type { Run } from "@/jobs/run";
import { Input } from "@/ui/field";
import { SaveButton } from "@/ui/save-button";
import { Failure, Skeleton } from "@/ui/states";
import { Table } from "@/ui/table";
import { useWords } from "@/words/language";
import { Preparing } from "./ledger-table";
import { PART_WORDS } from "./part-words";
import { WORDS } from "./words";

const PATIENCE_MS = 1000;

/** Null: it is being made. */
function useLog(run: string) {
  return useQuery({
    queryKey: ["log", run],
    queryFn: async ({ signal }) => {
      const response = await fetchFile(`/api/runs/${run}/artifacts/logs`, { signal });
      if (response.status === 202) return null;
      return (await response.text()).replace(/\n$/, "").split("\n");
    },
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: (query) => (query.state.data === null ? PATIENCE_MS : false),
  });
}

export function LogTab({ run }: { run: Run }) {
  const words = useWords(PART_WORDS);
  const shared = useWords(WORDS);
  const log = useLog(run.run_id);
  const [typed, setTyped] = useState("");
  const wanted = useDeferredValue(typed.trim().toLowerCase());
  const lines = useMemo(() => {
    const all = (log.data ?? []).map((text, index) => ({ number: index + 1, text }));
    return wanted ? all.filter((line) => line.text.toLowerCase().includes(wanted)) : all;
  }, [log.data, wanted]);
  if (log.error) return <Failure error={log.error} again={() => void log.refetch()} />;
  if (log.data === null) return <Preparing />;
  if (!log.data) return <Skeleton className="h-96" />;
  return (
    <div className="grid min-w-0 gap-3">
      <div className="flex flex-wrap items-end gap-2">
        <Input
          type="search"
          className="w-full sm:w-80"
          label={words.find}
          value={typed}
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
        <p className="flex flex-wrap gap-x-4 py-2 text-xs text-ink-soft">
          <span role="status">{wanted ? shared.chosen(count(lines.length)) : words.lines(count(lines.length))}</span>
          <span>{words.logMean}</span>
        </p>
        <div className="ml-auto">
          <SaveButton path={`/api/runs/${run.run_id}/artifacts/logs`} name={`log-${run.run_id}.txt`}>
            {words.saveLog}
          </SaveButton>
        </div>
      </div>
      {lines.length === 0 ? (
        <p className="text-ink-soft">{shared.nothingFits}</p>
      ) : (
        <Table
          label={words.log}
          rows={lines}
          rowKey={(line) => String(line.number)}
          height={560}
          columns={[
            {
              key: "number",
              head: words.line,
              number: true,
              width: "5rem",
              cell: (line) => <span className="text-ink-soft">{count(line.number)}</span>,
            },
            {
              key: "text",
              head: words.log,
              width: "minmax(70rem, 1fr)",
              cell: (line) => (
                <code className="font-mono text-xs" title={line.text}>
                  {line.text}
                </code>
              ),
            },
          ]}
        />
      )}
    </div>
  );
}
