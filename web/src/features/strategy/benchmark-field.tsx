"use client";
/** What results are compared with: an index that the data have bars of, nothing, or any code. */
import { useState } from "react";
import { Input, Select } from "@/ui/field";
import { useLanguage, useWords } from "@/words/language";
import { CONTEXT_WORDS } from "./context-words";
import { indexName, useIndices } from "./indices";
import type { WishProps } from "./wish-props";

const OTHER = "?";

export function BenchmarkField({ wish, set, wrong }: WishProps) {
  const words = useWords(CONTEXT_WORDS);
  const tongue = useLanguage();
  const codes = useIndices(wish.dataset)
    .filter((each) => each.has_bars)
    .map((each) => each.ts_code);
  const listed = ["", "none", ...codes].includes(wish.benchmark);
  const [typed, setTyped] = useState(false);
  const other = typed || !listed;
  return (
    <>
      <Select
        label={words.benchmark}
        value={other ? OTHER : wish.benchmark}
        problem={other ? undefined : wrong("benchmark")}
        className="col-span-2"
        onChange={(event) => {
          const { value } = event.target;
          setTyped(value === OTHER);
          set({ benchmark: value === OTHER ? "" : value });
        }}
      >
        <option value="">{words.benchmarkAuto}</option>
        {codes.map((code) => (
          <option key={code} value={code}>
            {indexName(code, tongue)}
          </option>
        ))}
        <option value="none">{words.benchmarkNone}</option>
        <option value={OTHER}>{words.benchmarkOther}</option>
      </Select>
      {other && (
        <Input
          label={words.benchmarkCode}
          value={wish.benchmark}
          problem={wrong("benchmark")}
          className="col-span-2"
          onChange={(event) => set({ benchmark: event.target.value.trim() })}
        />
      )}
    </>
  );
}
