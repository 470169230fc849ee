"use client";
/** What trading costs and how orders fill, where it shall differ from the text. */
import { type ReactNode, useEffect, useRef } from "react";
import type { Slippage, Wish } from "@/jobs/context";
import { Badge } from "@/ui/badge";
import { Input, Select, TextArea } from "@/ui/field";
import { useWords } from "@/words/language";
import { CONTEXT_WORDS } from "./context-words";
import { COSTS_WORDS } from "./costs-words";
import type { WishProps } from "./wish-props";

const OVERRIDES = [
  "commission",
  "minimum",
  "stampDuty",
  "transferFee",
  "dividends",
  "fill",
  "slippage",
  "volumeCap",
  "executionFrequency",
  "others",
] as const satisfies readonly (keyof Wish)[];
const SIZES: Readonly<Record<Slippage, string>> = { "": "", bps: "5", ticks: "1", range: "0.1", impact: "0.1" };

export function CostsFields({ wish, set, wrong, frequencies }: WishProps & { frequencies: readonly string[] }) {
  const words = useWords(COSTS_WORDS);
  const { frequencies: named } = useWords(CONTEXT_WORDS);
  const changed = OVERRIDES.filter((key) => wish[key] !== "").length;
  const faulty = OVERRIDES.some((key) => wrong(key)) || Boolean(wrong("slippageSize"));
  const panel = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (faulty && panel.current) panel.current.open = true;
  }, [faulty]);
  const number = (key: "commission" | "minimum" | "stampDuty" | "transferFee" | "volumeCap", placeholder: string) => (
    <Input
      label={words[key]}
      inputMode="decimal"
      placeholder={placeholder}
      value={wish[key]}
      problem={wrong(key)}
      onChange={(event) => set({ [key]: event.target.value.trim() })}
    />
  );
  return (
    <details ref={panel} className="group col-span-2 rounded-md border border-line">
      <summary className="flex min-h-9 items-center gap-2 px-2.5 font-medium">
        <span aria-hidden="true" className="group-open:rotate-90">
          ▸
        </span>
        {words.costs}
        {changed > 0 && <Badge tone="accent">{words.costsChanged(changed)}</Badge>}
      </summary>
      <div className="grid grid-cols-2 gap-3 border-t border-line p-2.5">
        <p className="col-span-2 text-xs text-ink-soft">{words.costsHint}</p>
        {number("commission", words.byText)}
        {number("minimum", words.byText)}
        {number("stampDuty", words.byRules)}
        {number("transferFee", words.byRules)}
        <Options
          label={words.slippage}
          value={wish.slippage}
          options={words.slippages}
          onChange={(slippage) => set({ slippage, slippageSize: SIZES[slippage] })}
        />
        {wish.slippage && (
          <Input
            label={words.slippageSize}
            inputMode="decimal"
            value={wish.slippageSize}
            problem={wrong("slippageSize")}
            onChange={(event) => set({ slippageSize: event.target.value.trim() })}
          />
        )}
        {number("volumeCap", words.byText)}
        <Options
          label={words.fill}
          value={wish.fill}
          options={words.fills}
          hint={wish.fill === "close" ? words.fillClose : undefined}
          problem={wrong("fill")}
          onChange={(fill) => set({ fill })}
        />
        <Options
          label={words.dividends}
          value={wish.dividends}
          options={words.dividend}
          problem={wrong("dividends")}
          onChange={(dividends) => set({ dividends })}
        />
        <Select
          label={words.executionFrequency}
          value={wish.executionFrequency}
          problem={wrong("executionFrequency")}
          onChange={(event) => set({ executionFrequency: event.target.value })}
        >
          <option value="">{words.executionSame}</option>
          {frequencies
            .filter((each) => each.endsWith("m"))
            .map((each) => (
              <option key={each} value={each}>
                {named[each] ?? each}
              </option>
            ))}
        </Select>
        {wish.others && (
          <TextArea
            label={words.others}
            hint={words.othersHint}
            className="col-span-2"
            value={wish.others}
            problem={wrong("others")}
            onChange={(event) => set({ others: event.target.value })}
          />
        )}
      </div>
    </details>
  );
}

interface OptionsProps<T extends string> {
  label: string;
  value: T;
  options: Readonly<Record<T, string>>;
  hint?: string | undefined;
  problem?: ReactNode;
  onChange: (value: T) => void;
}

function Options<T extends string>({ label, value, options, hint, problem, onChange }: OptionsProps<T>) {
  return (
    <Select
      label={label}
      value={value}
      hint={hint}
      problem={problem}
      onChange={(event) => onChange(event.target.value as T)}
    >
      {(Object.entries(options) as [T, string][]).map(([key, name]) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </Select>
  );
}
