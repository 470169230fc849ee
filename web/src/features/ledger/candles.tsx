"use client";
/** The chart of candles in the page: it follows theme, language and size, and what is to be looked at. */
import { type RefObject, useEffect, useRef, useState } from "react";
import { usePalette } from "@/charts/palette";
import { useLanguage } from "@/words/language";
import type { CandleChart, Part, Shown } from "./candle-chart";
import type { Look } from "./looking";

interface Props {
  label: string;
  /** Must keep its identity while nothing changes. */
  shown: Shown;
  look: Look | null;
  /** The first and the last bar that are looked at; null: none. */
  shade: Part | null;
  /** What was in sight: kept while the colours, the language or the bars change. */
  memory: RefObject<Look | null>;
  onPoint: (index: number | null) => void;
  onStart: (() => void) | undefined;
}

export function Candles({ label, shown, look, shade, memory, onPoint, onStart }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<CandleChart | null>(null);
  const latest = useRef({ shown, look, shade, onPoint, onStart });
  latest.current = { shown, look, shade, onPoint, onStart };
  const palette = usePalette();
  const language = useLanguage();
  const [fallen, setFallen] = useState<Error | null>(null);
  if (fallen) throw fallen; // to the tab that contains it

  useEffect(() => {
    let gone = false;
    import("./candle-chart")
      .then(({ begin }) => {
        if (gone || !place.current) return;
        const begun = begin(place.current, palette, language, {
          onPoint: (index) => latest.current.onPoint(index),
          onStart: () => latest.current.onStart?.(),
        });
        const { shown, look, shade } = latest.current;
        begun.show(shown);
        begun.shade(shade);
        const sight = memory.current ?? look;
        if (sight) begun.look(sight);
        chart.current = begun;
        place.current.dataset.drawn = "true";
      })
      .catch(setFallen);
    return () => {
      gone = true;
      memory.current = chart.current?.range() ?? memory.current;
      chart.current?.remove();
      chart.current = null;
    };
  }, [palette, language, memory]);

  useEffect(() => {
    chart.current?.show(shown);
    chart.current?.shade(shade);
  }, [shown, shade]);
  useEffect(() => {
    if (look) chart.current?.look(look);
  }, [look]);

  return (
    <div
      role="img"
      aria-label={label}
      className="w-full"
      ref={(element) => {
        place.current = element;
        if (element) element.style.height = "clamp(20rem, 52vh, 34rem)";
      }}
    />
  );
}
