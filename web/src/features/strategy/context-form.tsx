"use client";
/** What a strategy runs in, right by default; each of the API's problems stands below its field. */
import type { ReactNode } from "react";
import { large } from "@/format/numbers";
import type { Dataset, Wish } from "@/jobs/context";
import { fitted } from "@/jobs/context";
import { boundsOf, wrongIn } from "@/jobs/wish-checks";
import { Button } from "@/ui/button";
import { Input, Select, TextArea } from "@/ui/field";
import { type Language, useLanguage, useWords } from "@/words/language";
import { BenchmarkField } from "./benchmark-field";
import { CONTEXT_WORDS } from "./context-words";
import { CostsFields } from "./costs-fields";
import { FieldProblem } from "./field-problem";
import { ORDER_WORDS } from "./order-words";
import type { Sorted } from "./problems";
import { UniverseFields } from "./universe-fields";
import { windowOf } from "./windows";
import type { WishProps } from "./wish-props";

interface Props {
  datasets: readonly Dataset[];
  wish: Wish;
  fields: Sorted["fields"];
  onChange: (wish: Wish) => void;
}

const PRESETS = [1, 3, 5, null] as const;

export function ContextForm({ datasets, wish, fields, onChange }: Props) {
  const words = useWords(CONTEXT_WORDS);
  const { wrong: said } = useWords(ORDER_WORDS);
  const tongue = useLanguage();
  const dataset = datasets.find((each) => each.version === wish.dataset);
  const bars = dataset?.frequencies.find((each) => each.frequency === wish.frequency);
  const set = (change: Partial<Wish>) => onChange({ ...wish, ...change });
  const local = wrongIn(wish);
  const wrong = (key: keyof Wish): ReactNode => {
    const here = local[key];
    const told = fields[key];
    if (!here) return told && <FieldProblem problems={told} />;
    if (here === "order") return words.startAfterEnd;
    const bounds = boundsOf(key, wish);
    if (here === "low" && bounds) return words.least(plain(bounds[0], tongue));
    if (here === "high" && bounds) return words.most(plain(bounds[1], tongue));
    return said[here];
  };
  const props: WishProps = { wish, set, wrong };
  return (
    <div className="grid grid-cols-2 gap-3">
      <UniverseFields {...props} />
      <Input
        label={words.start}
        type="date"
        value={wish.start}
        problem={wrong("start")}
        onChange={(event) => set({ start: event.target.value })}
      />
      <Input
        label={words.end}
        type="date"
        value={wish.end}
        problem={wrong("end")}
        onChange={(event) => set({ end: event.target.value })}
      />
      <div className="col-span-2 flex flex-wrap items-center gap-1">
        {PRESETS.map((years) => (
          <Button
            key={years ?? "all"}
            look="quiet"
            className="text-xs"
            onClick={() => set(windowOf(bars?.first ?? "", bars?.last ?? "", years))}
          >
            {years ? words.years(years) : words.everything}
          </Button>
        ))}
        {bars?.first && bars.last && (
          <span className="ml-auto text-xs text-ink-soft">{words.covers(bars.first, bars.last)}</span>
        )}
      </div>
      <Select
        label={words.frequency}
        value={wish.frequency}
        problem={wrong("frequency")}
        onChange={(event) => dataset && onChange(fitted(wish, dataset, event.target.value))}
      >
        {dataset?.frequencies.map((each) => (
          <option key={each.frequency} value={each.frequency}>
            {words.frequencies[each.frequency] ?? each.frequency}
          </option>
        ))}
      </Select>
      <Input
        label={words.cash}
        inputMode="numeric"
        hint={yuanSaid(wish.cash, tongue)}
        value={wish.cash}
        problem={wrong("cash")}
        onChange={(event) => set({ cash: event.target.value })}
      />
      <BenchmarkField {...props} />
      <Select
        label={words.dataset}
        value={wish.dataset}
        problem={wrong("dataset")}
        hint={dataset?.synthetic ? words.synthetic : undefined}
        className="col-span-2"
        onChange={(event) => {
          const chosen = datasets.find((each) => each.version === event.target.value);
          if (chosen) onChange(fitted(wish, chosen));
        }}
      >
        {datasets.map((each) => (
          <option key={each.version} value={each.version}>
            {each.version}
          </option>
        ))}
      </Select>
      <CostsFields {...props} frequencies={dataset?.frequencies.map((each) => each.frequency) ?? []} />
      <TextArea
        label={words.notes}
        hint={words.notesHint}
        rows={2}
        maxLength={10_000}
        className="col-span-2"
        value={wish.notes}
        problem={wrong("notes")}
        onChange={(event) => set({ notes: event.target.value })}
      />
      <p className="col-span-2 text-xs text-ink-soft">{words.adjusted}</p>
    </div>
  );
}

const plain = (value: number, tongue: Language) => (value >= 1e4 ? large(value, tongue, 0) : String(value));

/** Many noughts are hard to count. */
function yuanSaid(cash: string, tongue: Language): string | undefined {
  const value = Number(cash.replaceAll(/[,，\s]/g, ""));
  return value >= 1e4 ? large(value, tongue, 2) : undefined;
}
