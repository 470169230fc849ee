/** What stands beside the cursor of a chart: elements with classes, because a text with styles in it would need a laxer policy of the page. */
import type { Palette } from "./palette";

export interface TooltipRow {
  name: string;
  value: string;
  /** Of its curve; none: no mark. */
  colour?: string | undefined;
}

export function tooltipBody(title: string, rows: readonly TooltipRow[]): HTMLElement {
  const body = document.createElement("div");
  const head = body.appendChild(document.createElement("p"));
  head.className = "mb-1 font-medium";
  head.textContent = title;
  for (const row of rows) {
    const line = body.appendChild(document.createElement("p"));
    line.className = "flex items-center gap-2 text-xs";
    const mark = line.appendChild(document.createElement("span"));
    mark.className = "size-2 shrink-0 rounded-full";
    if (row.colour) mark.style.backgroundColor = row.colour;
    const name = line.appendChild(document.createElement("span"));
    name.className = "text-ink-soft";
    name.textContent = row.name;
    const value = line.appendChild(document.createElement("span"));
    value.className = "ml-auto pl-3 font-medium";
    value.textContent = row.value;
  }
  return body;
}

/** The box of every tooltip; `trigger` and `formatter` are the chart's own. */
export function tooltipBox(palette: Palette) {
  return {
    confine: true,
    backgroundColor: palette.raised,
    borderColor: palette.lineStrong,
    padding: [6, 10],
    textStyle: { color: palette.ink, fontSize: 12, fontFamily: palette.font },
    transitionDuration: 0,
  };
}
