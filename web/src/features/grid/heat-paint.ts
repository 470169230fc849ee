/** Paints a map on a canvas: ten thousand cells in a few milliseconds, which no chart of elements is. */
import type { Palette } from "@/charts/palette";
import { parameter } from "@/format/parameters";
import type { Heat } from "@/jobs/grid";
import { cellsOf, extent, isBright, shadeOf } from "./heat";
import { boxOf, type Layout, stepAcross, stepDown } from "./heat-layout";

const [DARK, LIGHT] = ["#101418", "#ffffff"];
/** Cells that are so large have a figure in them, and a line around. */
const LEGIBLE = { width: 56, height: 18 };
const LINED = 7;
const LETTERS = 12;
const GAP = 6;

interface Painted {
  map: Heat;
  layout: Layout;
  palette: Palette;
  text: (value: number) => string;
}

export function paint(canvas: HTMLCanvasElement, { map, layout, palette, text }: Painted): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const cells = cellsOf(map);
  const scale = extent(cells);
  const first = boxOf(layout, 0, 0);
  const line = first.width > LINED && first.height > LINED ? 1 : 0;
  const written = first.width >= LEGIBLE.width && first.height >= LEGIBLE.height;
  context.font = `${LETTERS}px ${palette.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const { x, y, value } of cells) {
    if (value === null) continue;
    const box = boxOf(layout, x, y);
    context.fillStyle = shadeOf(value, scale);
    context.fillRect(box.x, box.y, box.width - line, box.height - line);
    if (!written) continue;
    context.fillStyle = isBright(value, scale) ? DARK : LIGHT;
    context.fillText(text(value), box.x + box.width / 2, box.y + box.height / 2);
  }
  axes(context, map, layout, palette);
}

function axes(context: CanvasRenderingContext2D, map: Heat, layout: Layout, palette: Palette): void {
  const { left, top, width, height } = layout;
  const across = map.x.values.map(parameter);
  const bottom = top + height;
  context.strokeStyle = palette.line;
  context.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
  context.fillStyle = palette.inkSoft;
  context.textBaseline = "top";
  for (let column = 0; column < across.length; column += stepAcross(layout, across)) {
    const box = boxOf(layout, column, 0);
    context.fillText(across[column] ?? "", box.x + box.width / 2, bottom + GAP);
  }
  context.fillText(map.x.name, left + width / 2, bottom + GAP + LETTERS + GAP);
  if (!map.y) return;
  context.textAlign = "right";
  context.textBaseline = "middle";
  const down = map.y.values.map(parameter);
  for (let row = 0; row < down.length; row += stepDown(layout)) {
    const box = boxOf(layout, 0, row);
    context.fillText(down[row] ?? "", left - GAP, box.y + box.height / 2);
  }
  context.textAlign = "left";
  context.fillText(map.y.name, 0, LETTERS / 2);
}
