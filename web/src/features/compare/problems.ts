/** Which of the runs the API cannot compare: its problems name places of the list, like run_ids[2]. */
import type { Problem } from "@/api/errors";

const PLACE = /^run_ids\[(\d+)\]$/;

export function placesIn(problems: readonly Pick<Problem, "field">[]): number[] {
  return problems.flatMap(({ field }) => {
    const found = PLACE.exec(field ?? "");
    return found ? [Number(found[1])] : [];
  });
}
