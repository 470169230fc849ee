"use client";
/** An ECharts drawing that follows the theme, the window and whoever prefers no motion; loaded when the first one is drawn. */
import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { useEffect, useRef } from "react";
import { type Palette, usePalette } from "./palette";

export type Option = EChartsCoreOption;

interface Props {
  /** What it shows, for those who cannot see it. */
  label: string;
  /** Must keep its identity while nothing changes (useCallback). */
  option: (palette: Palette) => Option;
  height: number;
  /** Charts of one group share cursor and zoom. */
  group?: string;
  onReady?: (chart: EChartsType) => void;
}

export function Chart({ label, option, height, group, onReady }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const palette = usePalette();

  useEffect(() => {
    let gone = false;
    let watcher: ResizeObserver | undefined;
    void import("./echarts").then(({ begin }) => {
      if (gone || !place.current) return;
      if (!chart.current) {
        chart.current = begin(place.current, group);
        onReady?.(chart.current);
      }
      chart.current.setOption(
        {
          animation: false,
          textStyle: { fontFamily: palette.font },
          backgroundColor: "transparent",
          ...option(palette),
        },
        { notMerge: true },
      );
      place.current.dataset.drawn = "true";
      watcher = new ResizeObserver(() => chart.current?.resize());
      watcher.observe(place.current);
    });
    return () => {
      gone = true;
      watcher?.disconnect();
    };
  }, [option, palette, group, onReady]);

  useEffect(
    () => () => {
      chart.current?.dispose();
      chart.current = null;
    },
    [],
  );

  return (
    <div
      role="img"
      aria-label={label}
      className="w-full"
      ref={(element) => {
        place.current = element;
        if (element) element.style.height = `${height}px`;
      }}
    />
  );
}
