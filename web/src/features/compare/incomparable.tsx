"use client";
/** Why a comparison is refused, and a way on: the runs that the API names can be left out. */
import { apiError } from "@/api/errors";
import { Button } from "@/ui/button";
import { Failure } from "@/ui/states";
import { useWords } from "@/words/language";
import { placesIn } from "./problems";
import { WORDS } from "./words";

const SHORT = 8;

interface Props {
  error: unknown;
  runs: readonly string[];
  again: () => void;
  onRemove: (runs: readonly string[]) => void;
}

export function Incomparable({ error, runs, again, onRemove }: Props) {
  const words = useWords(WORDS);
  const broken = placesIn(apiError(error).problems).flatMap((place) => runs[place] ?? []);
  return (
    <div className="grid gap-3">
      <Failure error={error} again={again} />
      {broken.length > 0 && (
        <div className="flex flex-wrap items-center gap-2">
          <p>{words.cannot}</p>
          {broken.map((run) => (
            <Button key={run} onClick={() => onRemove([run])}>
              {words.removeBroken(run.slice(0, SHORT))}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
