"use client";
/** A figure's least and most, as typed; a text that is no number is told, and changes nothing. */
import { useState } from "react";
import type { Metric } from "@/api/metrics";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { useLanguage, useWords } from "@/words/language";
import { boundText, type Range, readBound } from "./filters";
import { WORDS } from "./words";

interface Props {
  metric: Metric;
  range: Range;
  change: (range: Range) => void;
  remove: () => void;
}

export function RangeFilter({ metric, range, change, remove }: Props) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const [texts, setTexts] = useState({
    low: boundText(range.low, metric.unit),
    high: boundText(range.high, metric.unit),
  });
  const label = metric.label[language];
  const unit = metric.unit === "rate" ? " (%)" : "";
  const type = (end: "low" | "high", text: string) => {
    setTexts({ ...texts, [end]: text });
    const read = readBound(text, metric.unit);
    if (read) change({ ...range, [end]: read.value });
  };
  return (
    <div className="flex items-end gap-2">
      {(["low", "high"] as const).map((end) => (
        <Input
          key={end}
          className="flex-1"
          label={`${words[end](label)}${unit}`}
          inputMode="decimal"
          value={texts[end]}
          problem={readBound(texts[end], metric.unit) ? undefined : words.notNumber}
          onChange={(event) => type(end, event.target.value)}
        />
      ))}
      <Button look="quiet" aria-label={words.remove(label)} onClick={remove}>
        ✕
      </Button>
    </div>
  );
}
