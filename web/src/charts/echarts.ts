/** The parts of ECharts that are used, so that the others are not sent. */
import { BarChart, CandlestickChart, LineChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent,
  AxisPointerComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  MarkPointComponent,
  TooltipComponent,
} from "echarts/components";
import { connect, type EChartsType, init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

use([
  LineChart,
  BarChart,
  CandlestickChart,
  ScatterChart,
  GridComponent,
  TooltipComponent,
  AxisPointerComponent,
  LegendComponent,
  DataZoomComponent,
  MarkAreaComponent,
  MarkLineComponent,
  MarkPointComponent,
  AriaComponent,
  LabelLayout,
  CanvasRenderer,
]);

export function begin(place: HTMLElement, group?: string): EChartsType {
  const chart = init(place, undefined, { renderer: "canvas" });
  if (group) {
    chart.group = group;
    connect(group);
  }
  return chart;
}
