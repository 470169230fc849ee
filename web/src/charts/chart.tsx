"use client";
/** An ECharts drawing that follows the theme, the window and whoever prefers no motion; loaded when the first one is drawn. */
import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { useEffect, useRef, useState } from "react";
import { afterPaint } from "./after-paint";
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
  const watcher = useRef<ResizeObserver | null>(null);
  const palette = usePalette();
  const [fallen, setFallen] = useState<Error | null>(null);
  if (fallen) throw fallen; // to whatever contains it

  useEffect(() => {
    let gone = false;
    let callOff: (() => void) | undefined;
    import("./echarts")
      .then(({ begin }) => {
        if (gone || !place.current) return;
        const draw = (on: EChartsType) =>
          on.setOption(
            {
              animation: false,
              textStyle: { fontFamily: palette.font },
              backgroundColor: "transparent",
              ...option(palette),
            },
            { notMerge: true },
          );
        const drawn = chart.current;
        if (drawn) {
          callOff = afterPaint(() => {
            try {
              draw(drawn);
            } catch (error) {
              setFallen(error as Error);
            }
          });
          return;
        }
        chart.current = begin(place.current, group);
        watcher.current = follow(place.current, chart.current);
        onReady?.(chart.current);
        draw(chart.current);
        place.current.dataset.drawn = "true";
      })
      .catch(setFallen);
    return () => {
      gone = true;
      callOff?.();
    };
  }, [option, palette, group, onReady]);

  useEffect(
    () => () => {
      watcher.current?.disconnect();
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

/** An observer tells of the size at once, too: drawing everything again for that would take as long as the drawing itself. */
function follow(place: HTMLElement, chart: EChartsType): ResizeObserver {
  const watcher = new ResizeObserver(() => {
    if (place.clientWidth !== chart.getWidth() || place.clientHeight !== chart.getHeight()) chart.resize();
  });
  watcher.observe(place);
  return watcher;
}
