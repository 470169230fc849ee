"use client";
/** Several runs side by side; which ones, the address says. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useMemo, useState } from "react";
import { api, bodyOf } from "@/api/client";
import { apiError } from "@/api/errors";
import { comparisonAddress, idsIn, MOST_COMPARED } from "@/jobs/comparison";
import { Button, ButtonLink } from "@/ui/button";
import { Empty, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import type { Comparison } from "./align";
import { CurvesCard } from "./curves-card";
import { FiguresTable } from "./figures-table";
import { Incomparable } from "./incomparable";
import { Picker } from "./picker";
import { labelsOf } from "./settings";
import { SettingsTable } from "./settings-table";
import { WORDS } from "./words";

/** Some twenty years: below that nothing is thinned out. */
const POINTS = 5000;

export function ComparePage() {
  const words = useWords(WORDS);
  const named = idsIn(useSearchParams().get("runs") ?? "");
  const runs = named.slice(0, MOST_COMPARED);
  const [picking, setPicking] = useState(false);
  // A step that "back" undoes; the page itself stays.
  const choose = (these: readonly string[]) => window.history.pushState(null, "", comparisonAddress(these));
  const comparison = useQuery({
    queryKey: ["compare", runs],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/compare", { params: { query: { run_ids: runs.join(","), points: POINTS } }, signal })),
    enabled: runs.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    // Runs that are under way: the API says when to ask again.
    refetchInterval: (query) => (apiError(query.state.error).retryAfter ?? 0) * 1000 || false,
  });
  return (
    <div className="grid grid-cols-1 gap-4">
      <header className="flex flex-wrap items-center gap-3">
        <div className="min-w-0 flex-1">
          <h1 className="text-2xl font-semibold">{words.title}</h1>
          <p className="mt-1 text-ink-soft">{words.about}</p>
        </div>
        <Button look="primary" onClick={() => setPicking(true)}>
          {words.add}
        </Button>
      </header>
      <Picker open={picking} onOpenChange={setPicking} chosen={runs} onChoose={choose} />
      {named.length > MOST_COMPARED && <p className="text-doubt">{words.cut(MOST_COMPARED)}</p>}
      {runs.length === 0 && (
        <Empty title={words.none}>
          <p className="mb-3">{words.noneHelp}</p>
          <div className="flex flex-wrap justify-center gap-2">
            <Button look="primary" onClick={() => setPicking(true)}>
              {words.add}
            </Button>
            <ButtonLink href="/history/">{words.history}</ButtonLink>
          </div>
        </Empty>
      )}
      {runs.length > 0 && comparison.error && (
        <Incomparable
          error={comparison.error}
          runs={runs}
          again={() => void comparison.refetch()}
          onRemove={(gone) => choose(runs.filter((run) => !gone.includes(run)))}
        />
      )}
      {comparison.isLoading && <Skeleton className="h-[36rem]" />}
      {runs.length > 0 && comparison.data && !comparison.error && (
        <Compared comparison={comparison.data} onRemove={(gone) => choose(runs.filter((run) => run !== gone))} />
      )}
    </div>
  );
}

function Compared({ comparison, onRemove }: { comparison: Comparison; onRemove: (run: string) => void }) {
  const labels = useMemo(() => labelsOf(comparison.runs), [comparison]);
  return (
    <>
      <CurvesCard comparison={comparison} labels={labels} onRemove={onRemove} />
      <FiguresTable comparison={comparison} labels={labels} />
      <SettingsTable comparison={comparison} labels={labels} />
    </>
  );
}
