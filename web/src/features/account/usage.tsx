"use client";
/** What of a plan's quotas is used; they are hints, and the words say so. */
import { count, decimal, moment } from "@/format/numbers";
import { Badge } from "@/ui/badge";
import { Card } from "@/ui/card";
import { Progress } from "@/ui/progress";
import { useLanguage, useWords } from "@/words/language";
import { type Me, type Quota, stateOf } from "./me";
import { WORDS } from "./words";

export function Usage({ me }: { me: Me }) {
  const words = useWords(WORDS);
  return (
    <Card title={words.usage}>
      <div className="grid gap-4">
        {me.quotas.map((quota) => (
          <QuotaLine key={quota.name} quota={quota} />
        ))}
      </div>
      <p className="mt-4 text-xs text-ink-soft">{words.usageText}</p>
    </Card>
  );
}

function QuotaLine({ quota }: { quota: Quota }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const label = words.quotas[quota.name] ?? quota.name;
  const state = stateOf(quota);
  const shown = quota.name === "compute_seconds" ? (value: number) => decimal(value, 1) : count;
  return (
    <div data-metric={quota.name}>
      <div className="mb-1 flex flex-wrap items-baseline gap-2">
        <span>{label}</span>
        {state !== "fine" && <Badge tone="doubt">{state === "nearly" ? words.nearly : words.usedUp}</Badge>}
        <span className="ml-auto font-medium">{words.used(shown(quota.used), count(quota.limit))}</span>
      </div>
      <Progress value={quota.limit > 0 ? Math.min(100, (100 * quota.used) / quota.limit) : 100} label={label}>
        {quota.resets_at ? words.resets(moment(quota.resets_at, language)) : words.atPresent}
      </Progress>
    </div>
  );
}
