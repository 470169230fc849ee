"use client";
/** The chart of candles in the page: it follows theme, language and size, and what is to be looked at. */
import { useEffect, useRef } from "react";
import { usePalette } from "@/charts/palette";
import { useLanguage } from "@/words/language";
import type { CandleChart, Shown } from "./candle-chart";

/** A part of the bars that is to come into sight; another object each time it is asked for. */
export interface Look {
  from: number;
  to: number;
  /** The bar that is pointed at then. */
  point: number | null;
}

interface Props {
  label: string;
  /** Must keep its identity while nothing changes. */
  shown: Shown;
  look: Look | null;
  onPoint: (index: number | null) => void;
  onStart: (() => void) | undefined;
}

export function Candles({ label, shown, look, onPoint, onStart }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<CandleChart | null>(null);
  /** What was in sight before the colours changed. */
  const range = useRef<Look | null>(null);
  const latest = useRef({ shown, look, onPoint, onStart });
  latest.current = { shown, look, onPoint, onStart };
  const palette = usePalette();
  const language = useLanguage();

  useEffect(() => {
    let gone = false;
    void import("./candle-chart").then(({ begin }) => {
      if (gone || !place.current) return;
      chart.current = begin(place.current, palette, language, {
        onPoint: (index) => latest.current.onPoint(index),
        onStart: () => latest.current.onStart?.(),
      });
      chart.current.show(latest.current.shown);
      aim(chart.current, range.current ?? latest.current.look);
      place.current.dataset.drawn = "true";
    });
    return () => {
      gone = true;
      const seen = chart.current?.range();
      range.current = seen ? { ...seen, point: null } : null;
      chart.current?.remove();
      chart.current = null;
    };
  }, [palette, language]);

  useEffect(() => chart.current?.show(shown), [shown]);
  useEffect(() => {
    if (look && chart.current) aim(chart.current, look);
  }, [look]);

  return (
    <div
      role="img"
      aria-label={label}
      className="w-full"
      ref={(element) => {
        place.current = element;
        if (element) element.style.height = "clamp(22rem, 60vh, 34rem)";
      }}
    />
  );
}

function aim(chart: CandleChart, look: Look | null): void {
  if (!look) return;
  chart.look(look.from, look.to);
  chart.point(look.point);
}
