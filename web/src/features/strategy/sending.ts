"use client";
/** From the desk to a run: what would be sent, what stands in its way, and sending it. */
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useMemo, useState } from "react";
import { type ApiError, apiError } from "@/api/errors";
import { type Order, pinned, type Source, submitted } from "@/jobs/submit";
import { wrongIn } from "@/jobs/wish-checks";
import { notify } from "@/ui/notices";
import { useLanguage } from "@/words/language";
import type { Desk, Texts } from "./desk";
import type { Judgement } from "./judgement";
import { gridOf, type Limits, limitsOf, MOST_COMBINATIONS, singleOf, textsFor } from "./order";
import { noticeSaid } from "./problem-words";
import { type Sorted, sorted } from "./problems";

export interface Sending {
  source: Source;
  texts: Texts;
  limits: Limits;
  wanted: { order: Order; combinations: number } | null;
  problems: Sorted;
  /** Text and context are right. */
  sound: boolean;
  calm: boolean;
  /** Something typed is wrong. */
  blocked: boolean;
  /** Pressing would come to nothing: something is wrong, or the API cannot be asked. */
  stuck: boolean;
  busy: boolean;
  /** What the API refused without telling a field. */
  failure: ApiError | null;
  start: () => void;
}

const GONE_MS = 3000;
const told = new Set<string>();
const QUOTA = / are used \(plan /;

/** A quota that is used up says so at every run, with other numbers: once a visit is enough. */
function tellOnce(notice: string, said: string): void {
  const kind = QUOTA.test(notice) ? notice.replace(/\d[\d,.]*/g, "") : null;
  if (kind && told.has(kind)) return;
  if (kind) told.add(kind);
  notify(said);
}

interface Made {
  desk: Desk;
  judged: Judgement;
  /** One's own strategy and its newest version, where the text is just that. */
  own: { id: string; version: number } | null;
  /** The text is as it was opened. */
  calm: boolean;
  /** Keeps a changed text of one's own as a version, so that a run never belongs to another strategy of the same name. */
  keep: (() => Promise<{ id: string; version: number }>) | null;
}

export function useSending({ desk, judged, own, calm, keep }: Made): Sending {
  const router = useRouter();
  const tongue = useLanguage();
  const { parameters } = judged;
  const grid = desk.mode === "grid";
  const texts = useMemo(
    () => textsFor(parameters, grid ? desk.grid : desk.single, grid),
    [parameters, grid, desk.grid, desk.single],
  );
  const limits = useMemo(() => limitsOf(desk.limits, desk.anew), [desk.limits, desk.anew]);
  const wanted = useMemo(() => {
    if (grid) return parameters.length > 0 ? gridOf(parameters, texts, limits.options) : null;
    const order = singleOf(parameters, texts, desk.anew);
    return order && { order, combinations: 1 };
  }, [grid, parameters, texts, limits.options, desk.anew]);

  const source: Source = own ? { strategy_id: own.id, version: own.version } : { code: desk.code };
  const now = JSON.stringify([source, desk.wish, wanted?.order]);
  const send = useMutation({
    mutationFn: async ({ order }: { order: Order; asked: string }) => {
      const kept = own ?? (keep ? await keep() : null);
      const sent: Source = kept ? { strategy_id: kept.id, version: kept.version } : { code: desk.code };
      return submitted(await pinned(sent, desk.wish), order);
    },
    onSuccess: (found) => {
      for (const notice of found.notices ?? []) tellOnce(notice, noticeSaid(notice, tongue));
      router.push(found.grid_id ? `/grids/?id=${found.grid_id}` : `/runs/?id=${found.run_ids[0]}`);
      setTimeout(() => send.reset(), GONE_MS); // who went back before the result was there finds a button that works
    },
  });
  // What was refused is of what was sent: once something is changed it is asked anew.
  const refused = send.error && send.variables?.asked === now ? apiError(send.error) : null;
  const problems = useMemo(
    () => sorted([...judged.problems, ...(refused?.problems ?? [])]),
    [judged.problems, refused],
  );
  const tooMany = wanted !== null && wanted.combinations > MOST_COMBINATIONS;
  const limited = !grid || Object.keys(limits.wrong).length === 0;
  const possible = wanted !== null && !tooMany && limited;
  const sound = judged.settled && judged.valid && Object.keys(wrongIn(desk.wish)).length === 0;
  const ready = sound && possible && !send.isPending && !send.isSuccess;
  const blocked = judged.settled && !judged.error && (!sound || !possible);

  // Who presses right after a change is not made to press again: it starts as soon as the API has looked at just that.
  const [pressed, setPressed] = useState<Desk | null>(null);
  const { mutate } = send;
  useEffect(() => {
    if (!pressed) return;
    if (pressed === desk && !ready && !blocked && !judged.error) return;
    setPressed(null);
    if (pressed === desk && ready && wanted) mutate({ order: wanted.order, asked: now });
  }, [pressed, desk, ready, blocked, judged.error, wanted, now, mutate]);
  return {
    source,
    texts,
    limits,
    wanted,
    problems,
    sound,
    calm,
    blocked,
    stuck: blocked || Boolean(judged.error),
    busy: send.isPending || send.isSuccess || pressed !== null,
    failure: refused && refused.problems.length === 0 ? refused : null,
    start: () => {
      if (!send.isPending && !send.isSuccess) setPressed(desk);
    },
  };
}
