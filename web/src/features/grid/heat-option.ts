/** A map of cells as ECharts draws it. */
import type { Option } from "@/charts/chart";
import type { Palette } from "@/charts/palette";
import { tooltipBody, tooltipBox } from "@/charts/tooltip";
import { figure } from "@/format/metrics";
import { parameter } from "@/format/parameters";
import type { Heat } from "@/jobs/grid";
import type { Language } from "@/words/language";
import { type Cell, cellsOf, extent, isBright, VIRIDIS } from "./heat";

export interface Shown {
  map: Heat;
  unit: string;
  label: string;
  language: Language;
  best: Cell | null;
  cursor: Cell | null;
}

const [DARK, LIGHT] = ["#101418", "#ffffff"];
/** Of a map of more cells the figures would not be legible. */
const MOST_WRITTEN = 160;
const MOST_ACROSS = 13;
/** Lines between cells of larger maps would hide the cells. */
const MOST_LINED = 2500;
const LEGEND = 44;
const BOTTOM = 44;
const CELL = 34;

export const heightOf = (map: Heat): number => LEGEND + BOTTOM + Math.min(560, Math.max(120, map.values.length * CELL));

/** Parameters of a cell, by the map's axes. */
export function placeText(map: Heat, x: number, y: number): string {
  const down = map.y ? `, ${map.y.name} = ${parameter(map.y.values[y])}` : "";
  return `${map.x.name} = ${parameter(map.x.values[x])}${down}`;
}

export function heatOption(shown: Shown, palette: Palette): Option {
  const { map, unit, language, best, cursor } = shown;
  const cells = cellsOf(map);
  const scale = extent(cells);
  const text = (value: number) => figure(map.metric, unit, value, language);
  const written = cells.length <= MOST_WRITTEN && map.x.values.length <= MOST_ACROSS;
  const axis = {
    axisLine: { lineStyle: { color: palette.line } },
    axisTick: { show: false },
    axisLabel: { color: palette.inkSoft },
    nameTextStyle: { color: palette.inkSoft },
    splitArea: { show: false },
  };
  const border = ({ x, y }: Cell): string | undefined => {
    if (cursor?.x === x && cursor.y === y) return palette.ink;
    return best?.x === x && best.y === y ? palette.rise : undefined;
  };
  // Those with a border come last, so that no neighbour covers it.
  const ordered = [...cells.filter((cell) => !border(cell)), ...cells.filter(border)];
  return {
    grid: { left: 64, right: 12, top: LEGEND, bottom: BOTTOM, outerBoundsMode: "none" },
    tooltip: {
      ...tooltipBox(palette),
      formatter: ({ value: [x = 0, y = 0, value = 0] }: { value: number[] }) =>
        tooltipBody(placeText(map, x, y), [{ name: shown.label, value: text(value) }]),
    },
    xAxis: {
      type: "category",
      name: map.x.name,
      nameLocation: "middle",
      nameGap: 26,
      data: map.x.values.map(parameter),
      ...axis,
    },
    yAxis: {
      type: "category",
      name: map.y?.name ?? "",
      nameLocation: "end",
      data: map.y?.values.map(parameter) ?? [""],
      ...axis,
    },
    visualMap: {
      min: scale[0],
      max: scale[1],
      calculable: true,
      precision: 6,
      orient: "horizontal",
      left: "center",
      top: 0,
      itemWidth: 12,
      itemHeight: 160,
      inRange: { color: VIRIDIS },
      textStyle: { color: palette.inkSoft },
      formatter: text,
    },
    series: [
      {
        type: "heatmap",
        data: ordered.map((cell) => {
          const borderColor = border(cell);
          const label = written && { label: { color: isBright(cell.value ?? 0, scale) ? DARK : LIGHT } };
          const itemStyle = borderColor && { itemStyle: { borderColor, borderWidth: 3 } };
          const value = [cell.x, cell.y, cell.value ?? 0];
          return label || itemStyle ? { value, ...label, ...itemStyle } : value;
        }),
        progressive: 0,
        label: { show: written, fontSize: 11, formatter: ({ value }: { value: number[] }) => text(value[2] ?? 0) },
        itemStyle: { borderColor: palette.surface, borderWidth: cells.length <= MOST_LINED ? 1 : 0 },
      },
    ],
  };
}
