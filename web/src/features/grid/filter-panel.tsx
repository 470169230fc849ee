"use client";
/** Filters over all of a grid's results: values of parameters, ranges of figures. */
import { useMemo } from "react";
import { useMetrics } from "@/api/metrics";
import type { Grid } from "@/jobs/grid";
import type { AllRuns } from "@/jobs/grid-runs";
import { Button } from "@/ui/button";
import { Select } from "@/ui/field";
import { Progress } from "@/ui/progress";
import { Failure } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { countOf, type Filters, NO_FILTERS, type Range, valuesOf } from "./filters";
import { RangeFilter } from "./range-filter";
import { ValuesFilter } from "./values-filter";
import { WORDS } from "./words";

interface Props {
  grid: Grid;
  all: AllRuns;
  filters: Filters;
  change: (filters: Filters) => void;
}

/** `records` with another value under a key; undefined: without it. */
function withKey<T>(records: Readonly<Record<string, T>>, key: string, value: T | undefined): Record<string, T> {
  const { [key]: _, ...others } = records;
  return value === undefined ? others : { ...others, [key]: value };
}

export function FilterPanel({ grid, all, filters, change }: Props) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const metrics = useMetrics();
  const values = useMemo(() => [...valuesOf(all.rows)].filter(([, each]) => each.length > 1), [all.rows]);
  if (all.error) return <Failure error={all.error} again={all.again} />;
  if (!all.complete) {
    const told = words.filterAll(all.loaded, grid.total);
    return (
      <Progress value={(100 * all.loaded) / grid.total} label={told}>
        {told}
      </Progress>
    );
  }
  const setRange = (key: string, range: Range | undefined) =>
    change({ ...filters, ranges: withKey(filters.ranges, key, range) });
  return (
    <div className="grid gap-4 rounded-md border border-line bg-ground p-3">
      <div className="grid gap-3 md:grid-cols-2">
        {values.map(([name, each]) => (
          <ValuesFilter
            key={name}
            name={name}
            values={each}
            kept={filters.values[name]}
            change={(kept) => change({ ...filters, values: withKey(filters.values, name, kept) })}
          />
        ))}
      </div>
      <div className="grid gap-3 md:grid-cols-2">
        {Object.entries(filters.ranges).map(([key, range]) => {
          const metric = metrics.get(key);
          return (
            metric && (
              <RangeFilter
                key={key}
                metric={metric}
                range={range}
                change={(next) => setRange(key, next)}
                remove={() => setRange(key, undefined)}
              />
            )
          );
        })}
      </div>
      <div className="flex flex-wrap items-end gap-3">
        <Select
          className="w-56"
          label={words.addRange}
          value=""
          onChange={(event) => setRange(event.target.value, { low: null, high: null })}
        >
          <option value="" disabled>
            {words.addRangeHint}
          </option>
          {[...metrics.values()]
            .filter((metric) => metric.unit !== "date" && !(metric.key in filters.ranges))
            .map((metric) => (
              <option key={metric.key} value={metric.key}>
                {metric.label[language]}
              </option>
            ))}
        </Select>
        {countOf(filters) > 0 && (
          <Button look="quiet" onClick={() => change(NO_FILTERS)}>
            {words.clear}
          </Button>
        )}
      </div>
    </div>
  );
}
