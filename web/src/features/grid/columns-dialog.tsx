"use client";
/** Which figures the table shows. */
import { useMetrics } from "@/api/metrics";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { useLanguage, useWords } from "@/words/language";
import { FIRST_FIGURES } from "./chosen-columns";
import { WORDS } from "./words";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  keys: readonly string[];
  choose: (keys: readonly string[]) => void;
}

export function ColumnsDialog({ open, onOpenChange, keys, choose }: Props) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const metrics = [...useMetrics().values()];
  const toggle = (key: string) => {
    const next = keys.includes(key) ? keys.filter((each) => each !== key) : [...keys, key];
    if (next.length > 0) choose(next);
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={words.columns} description={words.columnsHint}>
      <ul className="grid grid-cols-2 gap-x-3 sm:grid-cols-3">
        {metrics.map((metric) => (
          <li key={metric.key}>
            <label className="flex min-h-9 cursor-pointer items-center gap-2" title={metric.formula}>
              <input
                type="checkbox"
                className="size-4 shrink-0 accent-accent"
                checked={keys.includes(metric.key)}
                onChange={() => toggle(metric.key)}
              />
              {metric.label[language]}
            </label>
          </li>
        ))}
      </ul>
      <Button className="mt-3" onClick={() => choose(FIRST_FIGURES)}>
        {words.columnsReset}
      </Button>
    </Dialog>
  );
}
