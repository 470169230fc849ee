"use client";
/** What bounds a grid: how many combinations, how much computing, and when it has seen enough. All of it may be left empty. */
import { useMetrics } from "@/api/metrics";
import { Input, Select } from "@/ui/field";
import { useLanguage, useWords } from "@/words/language";
import type { GridTexts } from "./desk";
import { FieldProblem } from "./field-problem";
import { type Limit, type Limits, STOP_METRICS } from "./order";
import { ORDER_WORDS } from "./order-words";
import type { Sorted } from "./problems";

interface Props {
  texts: GridTexts;
  wrong: Limits["wrong"];
  fields: Sorted["fields"];
  onChange: (texts: GridTexts) => void;
}

export function GridLimits({ texts, wrong, fields, onChange }: Props) {
  const words = useWords(ORDER_WORDS);
  const tongue = useLanguage();
  const metrics = useMetrics();
  const set = (change: Partial<GridTexts>) => onChange({ ...texts, ...change });
  const told = (key: keyof GridTexts) => {
    const here = wrong[key as Limit];
    const problem = fields[key];
    return here ? words.wrong[here] : problem && <FieldProblem problems={problem} />;
  };
  return (
    <details className="group mt-3 rounded-md border border-line">
      <summary className="flex min-h-9 items-center gap-2 px-2.5 font-medium">
        <span aria-hidden="true" className="group-open:rotate-90">
          ▸
        </span>
        {words.limits}
      </summary>
      <div className="grid grid-cols-2 gap-3 border-t border-line p-2.5">
        <Input
          label={words.maxEvals}
          hint={words.maxEvalsHint}
          placeholder={words.unlimited}
          inputMode="numeric"
          value={texts.maxEvals}
          problem={told("maxEvals")}
          onChange={(event) => set({ maxEvals: event.target.value.trim() })}
        />
        <Input
          label={words.budget}
          hint={words.budgetHint}
          placeholder={words.unlimited}
          inputMode="numeric"
          value={texts.budgetSeconds}
          problem={told("budgetSeconds")}
          onChange={(event) => set({ budgetSeconds: event.target.value.trim() })}
        />
        <Select
          label={words.early}
          value={texts.stopMetric}
          problem={told("stopMetric")}
          className={texts.stopMetric ? undefined : "col-span-2"}
          onChange={(event) => set({ stopMetric: event.target.value })}
        >
          <option value="">{words.earlyNone}</option>
          {STOP_METRICS.filter((key) => metrics.has(key)).map((key) => (
            <option key={key} value={key}>
              {metrics.get(key)?.label[tongue] ?? key}
            </option>
          ))}
        </Select>
        {texts.stopMetric && (
          <>
            <Input
              label={words.patience}
              hint={words.patienceHint}
              inputMode="numeric"
              value={texts.stopPatience}
              problem={told("stopPatience")}
              onChange={(event) => set({ stopPatience: event.target.value.trim() })}
            />
            <p className="col-span-2 text-xs text-ink-soft">{words.earlyHint}</p>
          </>
        )}
      </div>
    </details>
  );
}
