import type { Problem } from "@/api/errors";
import { useLanguage } from "@/words/language";
import { problemSaid } from "./problem-words";

/** What the API says of one field, with its hint on a line of its own. */
export function FieldProblem({ problem }: { problem: Problem }) {
  const said = problemSaid(problem, useLanguage());
  return (
    <>
      {said.message}
      {said.hint && <span className="block text-ink-soft">{said.hint}</span>}
    </>
  );
}
