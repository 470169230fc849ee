"use client";
/** The map itself: a cell leads to its run, by the mouse or by the keys. */
import type { EChartsType } from "echarts/core";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, useCallback, useRef, useState } from "react";
import { Chart } from "@/charts/chart";
import type { Palette } from "@/charts/palette";
import { figure, type Metric } from "@/format/metrics";
import type { Best, Heat } from "@/jobs/grid";
import { useLanguage, useWords } from "@/words/language";
import { type Cell, cellAt, moved, placeOf } from "./heat";
import { heatOption, heightOf, placeText } from "./heat-option";
import { WORDS } from "./words";

interface Props {
  map: Heat;
  metric: Metric | undefined;
  best: Best | null;
}

export function HeatMap({ map, metric, best }: Props) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const router = useRouter();
  const [cursor, setCursor] = useState<Cell | null>(null);
  const latest = useRef(map);
  latest.current = map;
  const unit = metric?.unit ?? "ratio";
  const label = metric?.label[language] ?? map.metric;
  const open = useCallback((cell: Cell | null) => cell?.run && router.push(`/runs/?id=${cell.run}`), [router]);
  const option = useCallback(
    (palette: Palette) =>
      heatOption(
        {
          map,
          unit,
          label,
          language,
          best: best && placeOf(map, best.params),
          cursor: cursor && cellAt(map, cursor.x, cursor.y),
        },
        palette,
      ),
    [map, unit, label, language, best, cursor],
  );
  const ready = useCallback(
    (chart: EChartsType) => {
      chart.on("click", ({ value }) => {
        const [x, y] = value as [number, number];
        open(cellAt(latest.current, x, y));
      });
    },
    [open],
  );
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter") return open(cursor && cellAt(map, cursor.x, cursor.y));
    const next = moved(map, cursor, event.key);
    if (!next) return;
    event.preventDefault();
    setCursor(next);
  };
  const here = cursor && cellAt(map, cursor.x, cursor.y);
  return (
    <>
      <section
        aria-label={`${words.heatmap}: ${label}`}
        aria-describedby="heat-hint"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
        tabIndex={0}
        onKeyDown={press}
        className="rounded-md"
      >
        <Chart
          label={`${words.heatmap}: ${label}, ${map.x.name}${map.y ? `, ${map.y.name}` : ""}`}
          option={option}
          height={heightOf(map)}
          onReady={ready}
        />
      </section>
      <p role="status" className="min-h-5 text-sm">
        {here && (
          <>
            <span className="font-mono">{placeText(map, here.x, here.y)}</span> · {label}{" "}
            {figure(map.metric, unit, here.value, language)}
          </>
        )}
      </p>
      <p id="heat-hint" className="mt-1 text-xs text-ink-soft">
        {best && placeOf(map, best.params) && (
          <>
            <span aria-hidden="true" className="mr-1 inline-block size-3 border-2 border-rise align-[-2px]" />
            {words.mapBest} ·{" "}
          </>
        )}
        {words.mapHint}
      </p>
    </>
  );
}
