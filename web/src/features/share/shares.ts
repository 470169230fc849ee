"use client";
/** The links to a run: those there are, a new one, one taken away. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, bodyOf, once, type Schemas } from "@/api/client";
import { apiError } from "@/api/errors";

export type Share = Schemas["ShareShown"];
export type Wanted = Required<Schemas["NewShareBody"]>;
export type State = "live" | "expired" | "revoked";

const PAGE = 20;
/** How often a share is asked for while the account that it shows is being made. */
const MOST_ASKINGS = 60;

export function stateOf(share: Share, now: number): State {
  if (share.revoked_at) return "revoked";
  return Date.parse(share.expires_at) <= now ? "expired" : "live";
}

export const linkOf = (token: string, origin: string): string => `${origin}/share/?token=${encodeURIComponent(token)}`;

const keyOf = (run: string) => ["shares", run];

export function useShares(run: string, wanted: boolean) {
  return useInfiniteQuery({
    queryKey: keyOf(run),
    queryFn: ({ pageParam }) =>
      bodyOf(
        api.GET("/api/runs/{run_id}/shares", {
          params: { path: { run_id: run }, query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: wanted,
  });
}

/** The account of a grid's cell is made when it is first wanted: until then the API says CONFLICT and when to ask again. */
async function madeShare(run: string, body: Wanted, asked = 1): Promise<Schemas["ShareCreated"]> {
  try {
    return await bodyOf(
      api.POST("/api/runs/{run_id}/shares", { params: { path: { run_id: run }, header: once() }, body }),
    );
  } catch (error) {
    const { retryAfter, code } = apiError(error);
    if (code !== "CONFLICT" || retryAfter === null || asked >= MOST_ASKINGS) throw error;
    await new Promise((done) => setTimeout(done, retryAfter * 1000));
    return madeShare(run, body, asked + 1);
  }
}

export function useNewShare(run: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Wanted) => madeShare(run, body),
    onSuccess: () => queries.invalidateQueries({ queryKey: keyOf(run) }),
  });
}

export function useRevoke(run: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (share: string) =>
      api.DELETE("/api/runs/{run_id}/shares/{share_id}", {
        params: { path: { run_id: run, share_id: share }, header: once() } as never,
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: keyOf(run) }),
  });
}
