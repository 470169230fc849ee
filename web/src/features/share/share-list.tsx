"use client";
/** The links to a run: which still work, how often they were opened, and a button that ends them. */
import { useState } from "react";
import { count, moment } from "@/format/numbers";
import type { Run } from "@/jobs/run";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { notify } from "@/ui/notices";
import { Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { type Share, type State, stateOf, useRevoke, useShares } from "./shares";
import { WORDS } from "./words";

const TONES: Record<State, Tone> = { live: "good", expired: "plain", revoked: "doubt" };

export function ShareList({ run, strategy }: { run: Run; strategy: string }) {
  const words = useWords(WORDS);
  const shares = useShares(run.run_id, true);
  const [now] = useState(Date.now);
  const rows = shares.data?.pages.flatMap((page) => page.items);
  return (
    <section className="mt-5 border-t border-line pt-4">
      <h3 className="mb-2 font-semibold">{words.given}</h3>
      {shares.error && <Failure error={shares.error} again={() => void shares.refetch()} />}
      {shares.isPending && <Skeleton className="h-10" />}
      {rows?.length === 0 && <p className="text-ink-soft">{words.none}</p>}
      <ul className="divide-y divide-line">
        {rows?.map((share) => (
          <Row key={share.share_id} share={share} title={share.title || strategy} state={stateOf(share, now)} />
        ))}
      </ul>
      {shares.hasNextPage && (
        <Button busy={shares.isFetchingNextPage} onClick={() => void shares.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </section>
  );
}

function Row({ share, title, state }: { share: Share; title: string; state: State }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const [asking, setAsking] = useState(false);
  const revoke = useRevoke(share.run_id);
  const when =
    state === "revoked"
      ? words.revokedAt(moment(share.revoked_at, language))
      : words[state === "live" ? "until" : "ended"](moment(share.expires_at, language));
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <span className="truncate font-medium">{title}</span>
          <Badge tone={TONES[state]}>{words[state]}</Badge>
        </p>
        <p className="text-xs text-ink-soft">
          {[when, words.views(count(share.views)), ...share.include.map((part) => words.part[part])].join(" · ")}
        </p>
      </div>
      {state === "live" && !asking && (
        <Button aria-label={words.revokeLink(title)} onClick={() => setAsking(true)}>
          {words.revoke}
        </Button>
      )}
      {state === "live" && asking && (
        <>
          <Button
            look="danger"
            busy={revoke.isPending}
            onClick={() => revoke.mutate(share.share_id, { onSuccess: () => notify(words.gone) })}
          >
            {words.sure}
          </Button>
          <Button look="quiet" onClick={() => setAsking(false)}>
            {words.keep}
          </Button>
        </>
      )}
      {revoke.error && (
        <div className="basis-full">
          <Failure error={revoke.error} />
        </div>
      )}
    </li>
  );
}
