"use client";
/** A look at one instrument: found by code or name, drawn at any frequency and adjustment that there is. */
import { useQuery } from "@tanstack/react-query";
import { Badge } from "@/ui/badge";
import { Card } from "@/ui/card";
import { Choice } from "@/ui/choice";
import { Empty } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import type { Adjust, Frequency } from "./bars";
import { BarsView } from "./bars-view";
import { type Dataset, instruments } from "./datasets";
import { Finder } from "./finder";
import { INSTRUMENT } from "./instrument-words";
import { boardName, frequencyName } from "./names";

const ADJUSTS = ["forward", "back", "none"] as const satisfies readonly Adjust[];

interface Props {
  dataset: Dataset;
  asked: (key: string) => string | null;
  ask: (changed: Record<string, string>) => void;
}

export function InstrumentView({ dataset, asked, ask }: Props) {
  const words = useWords(INSTRUMENT);
  const language = useLanguage();
  const code = asked("code") ?? "";
  const frequencies = dataset.frequencies.map((each) => each.frequency as Frequency);
  const frequency = frequencies.find((each) => each === asked("frequency")) ?? "1d";
  const adjust = ADJUSTS.find((each) => each === asked("adjust")) ?? "forward";
  return (
    <Card title={words.title} className="min-w-0">
      <div className="grid gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <Finder version={dataset.version} code={code} onPick={(next) => ask({ code: next })} />
        <div className="min-w-0">
          {code ? (
            <>
              <Person version={dataset.version} code={code} />
              <div className="mb-3 flex flex-wrap gap-3">
                <Choice
                  label={words.frequency}
                  value={frequency}
                  options={frequencies.map((value) => ({ value, label: frequencyName(value, language) }))}
                  onChange={(next) => ask({ frequency: next })}
                />
                <Choice
                  label={words.adjust}
                  value={adjust}
                  options={ADJUSTS.map((value) => ({ value, label: words.adjusts[value] }))}
                  onChange={(next) => ask({ adjust: next })}
                />
              </div>
              <BarsView version={dataset.version} code={code} frequency={frequency} adjust={adjust} />
            </>
          ) : (
            <Empty title={words.pick} />
          )}
        </div>
      </div>
    </Card>
  );
}

/** Who it is; an index is no instrument and has only its code. */
function Person({ version, code }: { version: string; code: string }) {
  const words = useWords(INSTRUMENT);
  const language = useLanguage();
  const found = useQuery({
    queryKey: ["instruments", version, code],
    queryFn: ({ signal }) => instruments(version, { search: code }, 1, signal),
  });
  const who = found.data?.items.find((each) => each.ts_code === code);
  return (
    <div className="mb-3 flex flex-wrap items-baseline gap-x-3 gap-y-1">
      <h3 className="text-base font-semibold">
        {code} {who?.name}
      </h3>
      {who && (
        <span className="flex flex-wrap items-center gap-2 text-xs text-ink-soft">
          {boardName(who.board, language)}
          {who.industry && <span>{who.industry}</span>}
          {who.list_date && <span>{words.since(who.list_date)}</span>}
          {who.delist_date && <Badge tone="doubt">{words.delisted(who.delist_date)}</Badge>}
          {who.same_day && <Badge>{words.sameDay}</Badge>}
        </span>
      )}
    </div>
  );
}
