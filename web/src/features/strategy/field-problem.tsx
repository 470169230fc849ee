import type { Problem } from "@/api/errors";
import { useLanguage } from "@/words/language";
import { problemSaid } from "./problem-words";

/** What the API says of one field, each problem and each hint once and on a line of its own. */
export function FieldProblem({ problems }: { problems: readonly Problem[] }) {
  const tongue = useLanguage();
  const said = problems.map((each) => problemSaid(each, tongue));
  const hints = new Set(said.flatMap((each) => each.hint ?? []));
  return (
    <>
      {[...new Set(said.map((each) => each.message))].map((message) => (
        <span key={message} className="block">
          {message}
        </span>
      ))}
      {[...hints].map((hint) => (
        <span key={hint} className="block text-ink-soft">
          {hint}
        </span>
      ))}
    </>
  );
}
