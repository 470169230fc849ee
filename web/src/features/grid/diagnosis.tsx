"use client";
/** Whether to believe the best: the verdict, what decides it, and every other indicator, each with what it means and what to do. */
import type { Schemas } from "@/api/client";
import { type Grid, useDiagnosis } from "@/jobs/grid";
import { Badge } from "@/ui/badge";
import { classes } from "@/ui/classes";
import { Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { indicatorText } from "./indicators";
import { TONES } from "./tones";
import { WORDS } from "./words";

type Indicator = Schemas["IndicatorShown"];

/** These decide the verdict over all, as docs/diagnosis.md says. */
const DECIDERS: readonly string[] = ["deflated_sharpe", "overfitting", "spa"];
const GROUNDS: Readonly<Record<string, string>> = {
  good: "border-good bg-good-ground",
  doubtful: "border-doubt bg-doubt-ground",
  bad: "border-bad bg-bad-ground",
};

export function Diagnosis({ grid }: { grid: Grid }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const told = useDiagnosis(grid);
  if (told.error) return <Failure error={told.error} again={() => void told.refetch()} />;
  if (!told.data) return <Skeleton className="h-96" />;
  const { verdict, summary, indicators, trials, sessions } = told.data;
  const deciding = indicators.filter((each) => DECIDERS.includes(each.key));
  const others = indicators.filter((each) => !DECIDERS.includes(each.key));
  return (
    <div className="grid gap-4">
      <div className={classes("rounded-lg border px-4 py-3", GROUNDS[verdict] ?? "border-line-strong")}>
        <p className="flex flex-wrap items-center gap-2 text-base font-medium">
          <Badge tone={TONES[verdict] ?? "plain"}>{words.verdicts[verdict]}</Badge>
          {summary[language]}
        </p>
        <p className="mt-1 text-xs text-ink-soft">
          {words.trials(trials.count, sessions)} · {words.verdictHint}
        </p>
      </div>
      <Group title={words.deciders} indicators={deciding} columns="lg:grid-cols-3" />
      <Group title={words.others} indicators={others} columns="md:grid-cols-2 xl:grid-cols-3" />
    </div>
  );
}

function Group({ title, indicators, columns }: { title: string; indicators: readonly Indicator[]; columns: string }) {
  if (indicators.length === 0) return null;
  return (
    <section>
      <h2 className="mb-2 font-semibold">{title}</h2>
      <ul className={classes("grid gap-3", columns)}>
        {indicators.map((each) => (
          <One key={each.key} indicator={each} />
        ))}
      </ul>
    </section>
  );
}

function One({ indicator }: { indicator: Indicator }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const advice = indicator.advice[language];
  return (
    <li className="flex flex-col rounded-md border border-line p-3" data-metric={indicator.key}>
      <p className="flex items-center gap-2">
        <span className="text-ink-soft">{indicator.label[language]}</span>
        <Badge tone={TONES[indicator.verdict] ?? "plain"}>{words.verdicts[indicator.verdict]}</Badge>
        <span className="ml-auto text-lg font-semibold">{indicatorText(indicator.value, indicator.unit)}</span>
      </p>
      <p className="mt-1">{indicator.meaning[language]}</p>
      {advice && <p className="mt-1 text-ink-soft">{advice}</p>}
      <details className="mt-auto pt-2 text-xs text-ink-soft">
        <summary className="py-1 hover:text-ink">{words.formula}</summary>
        <p className="mt-1 break-words">{indicator.formula}</p>
        <p className="mt-1">{indicator.source}</p>
      </details>
    </li>
  );
}
