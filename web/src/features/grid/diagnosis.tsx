"use client";
import { type Grid, hasEnded, useDiagnosis } from "@/jobs/grid";
import { Badge, type Tone } from "@/ui/badge";
import { Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./words";

const TONES: Record<string, Tone> = { good: "good", doubtful: "doubt", bad: "bad", unknown: "plain" };

export function Diagnosis({ grid }: { grid: Grid }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const told = useDiagnosis(grid);
  if (told.error) return <Failure error={told.error} again={() => void told.refetch()} />;
  if (!told.data) return hasEnded(grid) ? <Skeleton className="h-40" /> : null;
  return (
    <div className="grid gap-3">
      <p className="text-base">
        <Badge tone={TONES[told.data.verdict]}>{words.verdicts[told.data.verdict]}</Badge> {told.data.summary[language]}
      </p>
      <ul className="grid gap-3 md:grid-cols-2">
        {told.data.indicators.map((each) => (
          <li key={each.key} className="rounded-md border border-line p-3">
            <p className="flex items-center gap-2 font-medium">
              {each.label[language]}
              <Badge tone={TONES[each.verdict]}>{words.verdicts[each.verdict]}</Badge>
            </p>
            <p className="mt-1">{each.meaning[language]}</p>
            <p className="mt-1 text-ink-soft">{each.advice[language]}</p>
            <p className="mt-1 text-xs text-ink-soft">
              {each.formula} · {each.source}
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}
