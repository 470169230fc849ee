"use client";
/** The colours of the page, for what is drawn on a canvas; another object whenever theme or the colours of rise and fall change. */
import { useSyncExternalStore } from "react";

export interface Palette {
  ground: string;
  surface: string;
  raised: string;
  line: string;
  lineStrong: string;
  ink: string;
  inkSoft: string;
  accent: string;
  rise: string;
  fall: string;
  doubt: string;
  /** Of several curves, apart from each other for those who see red and green alike, too. */
  series: readonly string[];
  font: string;
}

// Paul Tol's "bright" scheme, darker and lighter for the two grounds (https://personal.sron.nl/~pault/).
const SERIES = {
  light: ["#1f5fbf", "#b8442a", "#22753a", "#8a6d00", "#7a3b8f", "#0f7b8a", "#5a5f6b", "#a01f5e", "#4d6b00", "#3f3fa3"],
  dark: ["#7fb0ff", "#ff9a7a", "#6fd08c", "#e6cf5a", "#d79bec", "#66d4e0", "#b5bcc8", "#ff8fc0", "#b7d45f", "#aaa8ff"],
} as const;

const ASKED = ["data-theme", "data-rise"];
let made: { key: string; palette: Palette } | undefined;

function read(): Palette {
  const root = document.documentElement;
  const key = ASKED.map((name) => root.getAttribute(name)).join("|");
  if (made?.key === key) return made.palette;
  const style = getComputedStyle(root);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const palette: Palette = {
    ground: colour("ground"),
    surface: colour("surface"),
    raised: colour("raised"),
    line: colour("line"),
    lineStrong: colour("line-strong"),
    ink: colour("ink"),
    inkSoft: colour("ink-soft"),
    accent: colour("accent"),
    rise: root.dataset.rise === "green" ? colour("green") : colour("red"),
    fall: root.dataset.rise === "green" ? colour("red") : colour("green"),
    doubt: colour("doubt"),
    series: SERIES[root.dataset.theme === "dark" ? "dark" : "light"],
    font: getComputedStyle(document.body).fontFamily,
  };
  made = { key, palette };
  return palette;
}

function subscribe(listener: () => void): () => void {
  const watcher = new MutationObserver(listener);
  watcher.observe(document.documentElement, { attributeFilter: ASKED });
  return () => watcher.disconnect();
}

const BEFORE: Palette = {
  ground: "",
  surface: "",
  raised: "",
  line: "",
  lineStrong: "",
  ink: "",
  inkSoft: "",
  accent: "",
  rise: "",
  fall: "",
  doubt: "",
  series: SERIES.light,
  font: "sans-serif",
};

export function usePalette(): Palette {
  return useSyncExternalStore(subscribe, read, () => BEFORE);
}
