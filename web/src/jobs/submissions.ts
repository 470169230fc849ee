"use client";
/** All that was ever submitted, newest first: single runs and grids, each with its backtest, its state and its figures. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";
import type { Tone } from "@/ui/badge";
import { hasEnded as gridHasEnded } from "./grid";
import { type Run, hasEnded as runHasEnded } from "./run";

export type Submission = Schemas["SubmissionShown"];

const PAGE = 50;
const POLL_MS = 2000;

export const SUBMISSIONS = ["submissions"] as const;

/** While something goes on, all pages that are here are asked for again; the more there are, the more seldom. */
export function useSubmissions(limit = PAGE) {
  const asked = useInfiniteQuery({
    queryKey: [...SUBMISSIONS, limit],
    queryFn: ({ pageParam, signal }) =>
      bodyOf(
        api.GET("/api/submissions", {
          signal,
          params: { query: { limit, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: ({ pages }) => pages.flatMap((page) => page.items),
    refetchInterval: ({ state }) => {
      const pages = state.data?.pages ?? [];
      const goesOn = pages.some((page) => page.items.some((each) => stateOf(each) === "underway"));
      return goesOn && POLL_MS * pages.length;
    },
  });
  return { asked, submissions: asked.data ?? [] };
}

export const STATES = ["underway", "succeeded", "incomplete", "failed", "cancelled", "archived"] as const;
export type State = (typeof STATES)[number];

export const STATE_TONES: Record<State, Tone> = {
  underway: "accent",
  succeeded: "good",
  incomplete: "doubt",
  failed: "bad",
  cancelled: "doubt",
  archived: "plain",
};

export function stateOf({ run, grid, archived_at }: Submission): State {
  if (archived_at || (!run && !grid)) return "archived";
  if (run) return runHasEnded(run) ? (run.status as State) : "underway";
  if (!grid || !gridHasEnded(grid)) return "underway";
  if (grid.status === "finished") return grid.counts.succeeded ? "succeeded" : "failed";
  return grid.status as State;
}

export const keyOf = ({ grid, run_id }: Submission): string => grid?.grid_id ?? run_id ?? "";

export const placeOf = ({ grid, run_id }: Submission): string =>
  grid ? `/grids/?id=${grid.grid_id}` : `/runs/?id=${run_id}`;

/** What it is judged by: the run itself, or the grid's best. None while there are no figures; null figures of a run that is away. */
export function figuresOf({ run, grid }: Submission): { run_id: string; stats: Run["stats"] } | null {
  if (grid) return grid.best ? { run_id: grid.best.run_id, stats: grid.best.stats } : null;
  return run?.status === "succeeded" ? run : null;
}

/** The run that it is compared by; none where that is archived. */
export const comparable = (submission: Submission) => (submission.archived_at ? null : figuresOf(submission));
