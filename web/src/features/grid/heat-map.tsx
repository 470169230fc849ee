"use client";
/** The map itself: a cell leads to its run, by the mouse or by the keys. */
import { useRouter } from "next/navigation";
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Metric } from "@/api/metrics";
import { usePalette } from "@/charts/palette";
import { figure } from "@/format/metrics";
import { parameter } from "@/format/parameters";
import type { Best, Heat } from "@/jobs/grid";
import { useLanguage, useWords } from "@/words/language";
import { type Cell, cellAt, cellsOf, extent, moved, placeOf, placeText } from "./heat";
import { boxOf, cellUnder, heightOf, layoutOf } from "./heat-layout";
import { HeatLegend } from "./heat-legend";
import { HeatMark } from "./heat-mark";
import { paint } from "./heat-paint";
import { HeatTip } from "./heat-tip";
import { useWidth } from "./use-width";
import { WORDS } from "./words";

interface Props {
  map: Heat;
  metric: Metric | undefined;
  best: Best | null;
}

export function HeatMap({ map, metric, best }: Props) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const palette = usePalette();
  const router = useRouter();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [frame, width] = useWidth();
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  const unit = metric?.unit ?? "ratio";
  const label = metric?.label[language] ?? map.metric;
  const layout = useMemo(() => layoutOf(map, width, map.y?.values.map(parameter) ?? []), [map, width]);
  const height = heightOf(map);
  const inside = at && at.x < layout.columns && at.y < layout.rows;
  const here = inside ? cellAt(map, at.x, at.y) : null;
  const top = best && placeOf(map, best.params);

  useEffect(() => {
    const text = (value: number) => figure(map.metric, unit, value, language);
    if (canvas.current && width > 0) paint(canvas.current, { map, layout, palette, text });
    if (canvas.current && width > 0) canvas.current.dataset.drawn = "true";
  }, [map, layout, palette, unit, language, width]);

  const open = (cell: Cell | null) => cell?.run && router.push(`/runs/?id=${cell.run}`);
  const under = (event: MouseEvent<HTMLCanvasElement>): Cell | null => {
    const found = cellUnder(layout, event.nativeEvent.offsetX, event.nativeEvent.offsetY);
    return found && cellAt(map, found.column, found.row);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter") return open(here);
    if (event.key === "Escape") return setAt(null);
    const next = here
      ? moved(map, here, event.key)
      : moved(map, top, event.key) && (top ?? moved(map, null, event.key));
    if (!next) return;
    event.preventDefault();
    setAt(next);
  };
  const told = (cell: Cell) => figure(map.metric, unit, cell.value, language);
  return (
    <>
      <HeatLegend scale={extent(cellsOf(map))} text={(value) => figure(map.metric, unit, value, language)} />
      <section
        aria-label={`${words.heatmap}: ${label}`}
        aria-describedby="heat-hint"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys walk over the cells
        tabIndex={0}
        onKeyDown={press}
        ref={frame}
        className="relative rounded-md"
      >
        <canvas
          ref={(element) => {
            canvas.current = element;
            if (element) element.style.height = `${height}px`;
          }}
          role="img"
          aria-label={`${words.heatmap}: ${label}, ${map.x.name}${map.y ? `, ${map.y.name}` : ""}`}
          className="block w-full cursor-pointer"
          onMouseMove={(event) => {
            const cell = under(event);
            if (cell?.x !== at?.x || cell?.y !== at?.y) setAt(cell);
          }}
          onMouseLeave={() => setAt(null)}
          onClick={(event) => open(under(event))}
        />
        {top && <HeatMark box={boxOf(layout, top.x, top.y)} tone="best" />}
        {here && <HeatMark box={boxOf(layout, here.x, here.y)} tone="cursor" />}
        {here && (
          <HeatTip
            box={boxOf(layout, here.x, here.y)}
            width={width}
            place={placeText(map, here)}
            figure={`${label} ${told(here)}`}
          />
        )}
      </section>
      <p role="status" className="sr-only">
        {here && `${placeText(map, here)}: ${label} ${told(here)}`}
      </p>
      <p id="heat-hint" className="mt-2 text-xs text-ink-soft">
        {top && (
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
