/** What the page believes about who is signed in, and how that changes; apart from the client, so that it can be tried without one. */
import type { Session } from "@supabase/auth-js";

export type State =
  | { status: "asking" }
  | { status: "out" }
  | { status: "in"; session: Session }
  /** Somebody was signed in, and is no more: what they were at stays on the page. `other` has signed in meanwhile, in another tab. */
  | { status: "ended"; email: string; userId: string; other?: string };

export interface News {
  session: Session | null;
  /** Somebody pressed "sign in" or "sign out" here, or "sign out" in another tab. Otherwise the session came or went by itself. */
  meant: boolean;
}

/** A page that shows one person's work never goes on as another one by itself, and never throws away what was typed. */
export function become(state: State, { session, meant }: News): State {
  const before = personOf(state);
  if (!session) {
    if (meant || !before) return { status: "out" };
    return state.status === "ended" ? state : { status: "ended", ...before };
  }
  if (!meant && before && before.userId !== session.user.id) {
    return { status: "ended", ...before, other: session.user.email ?? session.user.id };
  }
  return { status: "in", session };
}

/** Whose work is on the page. */
export function personOf(state: State): { email: string; userId: string } | null {
  if (state.status === "in") return { email: state.session.user.email ?? "", userId: state.session.user.id };
  if (state.status === "ended") return { email: state.email, userId: state.userId };
  return null;
}
