"use client";
import type { Dataset, UniverseKind, Wish } from "@/jobs/context";
import { wishFor } from "@/jobs/context";
import { Input, Select } from "@/ui/field";
import { useWords } from "@/words/language";
import { WORDS } from "./words";

const KINDS: readonly UniverseKind[] = ["own", "all", "index", "codes", "boards", "industry", "rank"];

interface Props {
  datasets: readonly Dataset[];
  wish: Wish;
  onChange: (wish: Wish) => void;
}

export function ContextForm({ datasets, wish, onChange }: Props) {
  const words = useWords(WORDS);
  const dataset = datasets.find((each) => each.version === wish.dataset);
  const bars = dataset?.frequencies.find((each) => each.frequency === wish.frequency);
  const set = (change: Partial<Wish>) => onChange({ ...wish, ...change });
  const choose = (version: string) => {
    const chosen = datasets.find((each) => each.version === version);
    if (chosen)
      set({ ...wishFor(chosen), cash: wish.cash, universe: wish.universe, members: wish.members, top: wish.top });
  };
  const named = wish.universe !== "own" && wish.universe !== "all";
  return (
    <div className="grid grid-cols-2 gap-3">
      <Select
        label={words.universe}
        value={wish.universe}
        onChange={(event) => set({ universe: event.target.value as UniverseKind })}
        className="col-span-2"
      >
        {KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {words.universes[kind]}
          </option>
        ))}
      </Select>
      {named && wish.universe in words.members && (
        <Input
          label={words.members[wish.universe as keyof typeof words.members]}
          value={wish.members}
          onChange={(event) => set({ members: event.target.value })}
          className={wish.universe === "rank" ? undefined : "col-span-2"}
        />
      )}
      {wish.universe === "rank" && (
        <Input
          label={words.top}
          inputMode="numeric"
          value={wish.top}
          onChange={(event) => set({ top: event.target.value })}
        />
      )}
      <Input
        label={words.start}
        type="date"
        min={bars?.first ?? undefined}
        max={wish.end}
        value={wish.start}
        onChange={(event) => set({ start: event.target.value })}
      />
      <Input
        label={words.end}
        type="date"
        min={wish.start}
        max={bars?.last ?? undefined}
        value={wish.end}
        onChange={(event) => set({ end: event.target.value })}
      />
      <Select
        label={words.dataset}
        value={wish.dataset}
        onChange={(event) => choose(event.target.value)}
        hint={dataset?.synthetic ? words.synthetic : undefined}
        className="col-span-2"
      >
        {datasets.map((each) => (
          <option key={each.version} value={each.version}>
            {each.version} · {each.title}
          </option>
        ))}
      </Select>
      <Select
        label={words.frequency}
        value={wish.frequency}
        onChange={(event) => set({ frequency: event.target.value })}
      >
        {dataset?.frequencies.map((each) => (
          <option key={each.frequency} value={each.frequency}>
            {each.frequency}
          </option>
        ))}
      </Select>
      <Input
        label={words.cash}
        inputMode="numeric"
        value={wish.cash}
        onChange={(event) => set({ cash: event.target.value })}
      />
      <Select
        label={words.benchmark}
        value={wish.benchmark}
        onChange={(event) => set({ benchmark: event.target.value })}
        className="col-span-2"
      >
        <option value="">{words.benchmarkAuto}</option>
        <option value="none">{words.benchmarkNone}</option>
        <option value="000300.SH">000300.SH</option>
        <option value="000905.SH">000905.SH</option>
        <option value="000852.SH">000852.SH</option>
      </Select>
    </div>
  );
}
