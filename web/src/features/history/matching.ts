/** Which of the submissions somebody wants to see, as the address has it. */
import { STATES, type State, type Submission, stateOf } from "@/jobs/submissions";

export interface Filter {
  text: string;
  state: State | "all";
}

export function matches(submission: Submission, filter: Filter): boolean {
  const text = filter.text.trim().toLowerCase();
  const { strategy, notes, backtest_id } = submission.backtest;
  if (text && ![strategy.name, notes, backtest_id].some((each) => each.toLowerCase().includes(text))) return false;
  return filter.state === "all" || stateOf(submission) === filter.state;
}

export const EVERYTHING: Filter = { text: "", state: "all" };

/** What is looked for stands in the address. */
export function filterIn(asked: { get: (name: string) => string | null }): Filter {
  const state = STATES.find((each) => each === asked.get("state"));
  return { text: asked.get("search") ?? "", state: state ?? "all" };
}

export function addressOf({ text, state }: Filter): string {
  const query = new URLSearchParams({ ...(text && { search: text }), ...(state !== "all" && { state }) });
  return `/history/${query.size ? `?${query}` : ""}`;
}
