"use client";
/** How often each reason refused an order; pressing one shows its rows alone. */
import { useMemo } from "react";
import { count, percent } from "@/format/numbers";
import { classes } from "@/ui/classes";
import { useLanguage, useWords } from "@/words/language";
import { useAddress } from "./address";
import { counted } from "./counting";
import { PART_WORDS } from "./part-words";
import type { RefusalRow } from "./rows";
import { meaning, named, REFUSALS } from "./terms";

interface Props {
  rows: readonly RefusalRow[];
  /** Where not all rows are counted yet: how many there are, as far as anybody knows. */
  total?: number | null;
  chosen: string;
}

export function Reasons({ rows, total, chosen }: Props) {
  const words = useWords(PART_WORDS);
  const language = useLanguage();
  const { set } = useAddress();
  const reasons = useMemo(() => counted(rows, (row) => row.reason), [rows]);
  if (rows.length === 0) return null;
  return (
    <section aria-label={words.byReason}>
      <ul className="flex flex-wrap gap-2">
        {reasons.map(([reason, times]) => (
          <li key={reason}>
            <button
              type="button"
              aria-pressed={chosen === reason}
              title={meaning(REFUSALS, reason, language) ?? undefined}
              onClick={() => set({ reason: chosen === reason ? null : reason })}
              className={classes(
                "flex min-h-9 items-baseline gap-2 rounded-md border px-3 py-1.5 hover:bg-accent-ground",
                chosen === reason ? "border-accent bg-accent-ground" : "border-line-strong bg-surface",
              )}
            >
              {named(REFUSALS, reason, language)}
              <strong data-metric={`refused_${reason}`}>{count(times)}</strong>
              <span className="text-xs text-ink-soft">{percent(times / rows.length, 1)}</span>
            </button>
          </li>
        ))}
      </ul>
      {total !== undefined && (
        <p className="mt-1 text-xs text-ink-soft" role="status">
          {words.countedSoFar(count(rows.length), count(total))}
        </p>
      )}
    </section>
  );
}
