"use client";
/** What the K-line shows: frequency, adjustment, chart or table, how much of it, and steps from fill to fill. */
import { Button } from "@/ui/button";
import { Choice } from "@/ui/choice";
import { useWords } from "@/words/language";
import { useAddress } from "./address";
import { type Adjust, useFrequencies } from "./bars";
import { CHART_WORDS } from "./chart-words";
import type { Ground } from "./context";
import { dayOf } from "./days";

export const ADJUSTS: readonly Adjust[] = ["none", "forward", "back"];
const RANGES = ["3", "12", "36", "all"] as const;

interface Props {
  ground: Ground;
  frequency: string;
  adjust: Adjust;
  /** The instant in whose scale forward-adjusted prices are. */
  anchor: string | null;
  isTable: boolean;
  /** Null: everything. */
  onRange: (months: number | null) => void;
  onStep: (forward: boolean) => void;
  steps: { back: boolean; forward: boolean };
}

export function ChartControls({ ground, frequency, adjust, anchor, isTable, onRange, onStep, steps }: Props) {
  const words = useWords(CHART_WORDS);
  const { get, set } = useAddress();
  const frequencies = useFrequencies(ground.version, ground.frequency);
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Choice
          label={words.frequency}
          value={frequency}
          onChange={(next) => set({ bars: next === ground.frequency ? null : next })}
          options={frequencies.map((each) => ({ value: each, label: words.frequencies[each] ?? each }))}
        />
        <Choice
          label={words.adjust}
          value={adjust}
          onChange={(next) => set({ adjust: next === "none" ? null : next })}
          options={ADJUSTS.map((each) => ({ value: each, label: words.adjusts[each] }))}
        />
        <Choice
          label={words.form}
          value={isTable ? "table" : "chart"}
          onChange={(next) => set({ form: next === "table" ? next : null })}
          options={[
            { value: "chart", label: words.asChart },
            { value: "table", label: words.asTable },
          ]}
        />
        {!isTable && (
          <fieldset className="flex">
            <legend className="sr-only">{words.range}</legend>
            {RANGES.map((range) => (
              <Button
                key={range}
                look="quiet"
                className="px-2"
                onClick={() => onRange(range === "all" ? null : Number(range))}
              >
                {words.ranges[range]}
              </Button>
            ))}
          </fieldset>
        )}
        {!isTable && (
          <label className="flex min-h-9 items-center gap-2 text-xs">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={get("refused") === "1"}
              onChange={(event) => set({ refused: event.target.checked ? "1" : null })}
            />
            {words.refused}
          </label>
        )}
        {!isTable && (
          <div className="flex gap-2 lg:ml-auto">
            <Button disabled={!steps.back} onClick={() => onStep(false)}>
              {words.previousFill}
            </Button>
            <Button disabled={!steps.forward} onClick={() => onStep(true)}>
              {words.nextFill}
            </Button>
          </div>
        )}
      </div>
      <p className="text-xs text-ink-soft">
        {words.adjustMeans[adjust]} {anchor && words.anchored(dayOf(anchor))}
      </p>
    </div>
  );
}
