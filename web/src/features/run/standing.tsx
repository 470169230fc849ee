"use client";
/** What stands above the figures of a run that has none yet, or never will: how far it is, or why it ended. */
import { ApiError, type Problem } from "@/api/errors";
import { cancelRun } from "@/jobs/cancel";
import { hasEnded, type Run } from "@/jobs/run";
import { Underway } from "@/jobs/underway";
import { Failure } from "@/ui/states";
import { useWords } from "@/words/language";
import { hasPartial } from "./tabs";
import { WORDS } from "./words";

export function Standing({ run }: { run: Run }) {
  const words = useWords(WORDS);
  if (!hasEnded(run)) {
    const waits = run.status === "queued";
    return (
      <Underway
        label={words.status[run.status]}
        progress={waits ? null : run.progress}
        etaSeconds={waits ? null : run.eta_seconds}
        cancel={() => cancelRun(run)}
      >
        {waits ? words.waiting : `${run.progress}%`}
      </Underway>
    );
  }
  if (run.status === "cancelled") return <Cancelled run={run} />;
  if (run.status !== "failed") return null;
  return (
    <>
      <Failure error={failureOf(run)} />
      <p>{isOurs(run) ? words.failedHere : words.failedThere}</p>
    </>
  );
}

function Cancelled({ run }: { run: Run }) {
  const words = useWords(WORDS);
  const reason = reasonOf(run);
  return (
    <div role="status" className="rounded-lg border border-doubt bg-doubt-ground p-4">
      <p className="font-medium text-doubt">{words.cancelled[reason].title}</p>
      <p className="mt-1">{words.cancelled[reason].text}</p>
      {hasPartial(run) && <p className="mt-1">{words.partial}</p>}
    </div>
  );
}

interface Told {
  code?: string;
  message?: string;
  details?: { reason?: string; problems?: Problem[] };
}

const told = (run: Run): Told => (run.error ?? {}) as Told;

export function reasonOf(run: Run): "budget" | "early_stop" | "owner" {
  const reason = told(run).details?.reason;
  return reason === "budget" || reason === "early_stop" ? reason : "owner";
}

/** The platform failed, not the strategy: the same again may well succeed. */
const isOurs = (run: Run): boolean => ["INTERNAL_ERROR", "UPSTREAM_ERROR"].includes(told(run).code ?? "");

function failureOf(run: Run): ApiError {
  const { code, message, details } = told(run);
  return new ApiError(200, code ?? run.status, message ?? run.status, details?.problems ?? []);
}
