/** Over a chart the wheel goes on scrolling the page; with Ctrl, or a pinch, it zooms. */
import type { EChartsType } from "echarts/core";

/** ECharts keeps every wheel to itself where it may zoom at all, so that those without Ctrl must not reach it. */
export function leaveWheel(chart: EChartsType): void {
  const keepAway = (event: Event) => {
    if (!(event as WheelEvent).ctrlKey) event.stopPropagation();
  };
  for (const kind of ["wheel", "mousewheel"]) {
    chart.getDom().addEventListener(kind, keepAway, { capture: true, passive: true });
  }
}
