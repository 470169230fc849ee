"use client";
/** What a grid comes to: combinations as they are typed, and what the API says of time and money once somebody stops typing. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { apiError } from "@/api/errors";
import { decimal, duration } from "@/format/numbers";
import type { Wish } from "@/jobs/context";
import { estimated, isPinned, type Order, pinned, type Source } from "@/jobs/submit";
import { Button } from "@/ui/button";
import { Failure } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { useSettled } from "./judgement";
import { MOST_COMBINATIONS } from "./order";
import { ORDER_WORDS } from "./order-words";
import { ProblemList } from "./problem-list";
import { sorted } from "./problems";

interface Asked {
  source: Source;
  wish: Wish;
  order: Order;
}

interface Props extends Asked {
  combinations: number;
  ready: boolean;
  /** The text is as it was opened: asking pins nothing that is still being written. */
  calm: boolean;
}

const PAUSE_MS = 700;
const CENT = 0.01;

export function Estimate({ source, wish, order, combinations, ready, calm }: Props) {
  const words = useWords(ORDER_WORDS);
  const tongue = useLanguage();
  const now = JSON.stringify({ source, wish, order } satisfies Asked);
  const settled = useSettled(now, PAUSE_MS);
  const [wanted, setWanted] = useState("");
  const known = calm || isPinned(source, wish) || wanted === now;
  const tooMany = combinations > MOST_COMBINATIONS;
  const told = useQuery({
    queryKey: ["estimate", settled],
    queryFn: async ({ signal }) => {
      const asked = JSON.parse(settled) as Asked;
      return estimated(await pinned(asked.source, asked.wish), asked.order, signal);
    },
    enabled: ready && known && !tooMany && settled === now,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const parts = told.data && [
    words.valid(told.data.combinations),
    told.data.reused > 0 && words.reused(told.data.reused),
    told.data.skipped > 0 && words.skipped(told.data.skipped),
    words.takes(duration(told.data.estimated_wall_seconds, tongue)),
    words.costs(told.data.estimated_cost_usd < CENT ? null : decimal(told.data.estimated_cost_usd)),
  ];
  const refused = told.error && apiError(told.error);
  return (
    <div className="mt-3 rounded-md bg-ground p-2.5">
      <div role="status" data-estimate={told.data ? "known" : "unknown"}>
        <p className={tooMany ? "font-medium text-bad" : "font-medium"}>
          {words.combinations(combinations)}
          {tooMany && ` · ${words.tooMany}`}
        </p>
        {!tooMany && parts && (
          <p className="text-ink-soft" title={told.data?.price}>
            {parts.filter(Boolean).join(" · ")}
          </p>
        )}
        {told.isFetching && <p className="text-ink-soft">{words.estimating}</p>}
      </div>
      {!known && ready && !tooMany && (
        <Button className="mt-2" onClick={() => setWanted(now)}>
          {words.estimate}
        </Button>
      )}
      {refused &&
        (refused.problems.length > 0 ? (
          <ProblemList
            problems={[...sorted(refused.problems).general, ...Object.values(sorted(refused.problems).fields).flat()]}
          />
        ) : (
          <Failure error={refused} again={() => void told.refetch()} />
        ))}
    </div>
  );
}
