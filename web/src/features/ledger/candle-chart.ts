/** The drawing of candles, volume and marks; its library is fetched with this file, when the first chart is opened. */
import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import type { Palette } from "@/charts/palette";
import { decimal, large } from "@/format/numbers";
import type { Language } from "@/words/language";
import type { Adjust, Bar } from "./bars";
import type { Look } from "./looking";
import { averagePrice, type Mark, onScale } from "./marks";

export interface Shown {
  bars: readonly Bar[];
  marks: readonly Mark[];
  intraday: boolean;
  adjust: Adjust;
  anchor: number | undefined;
  withRefused: boolean;
  words: { buyMark: string; sellMark: string; refusedMark: string; exMark: string };
}

export interface CandleChart {
  show(shown: Shown): void;
  /** The bars from place to place come into sight. */
  look(sight: Look): void;
  /** The bars from place to place are shaded; null: none. */
  shade(part: Part | null): void;
  range(): Look | null;
  remove(): void;
}

/** Places of bars, from the first one. */
export interface Part {
  from: number;
  to: number;
}

interface Listening {
  /** The place of the bar that is pointed at. */
  onPoint: (index: number | null) => void;
  /** The first bars come into sight. */
  onStart: () => void;
}

/** Shanghai is eight hours ahead all year, and the axis knows of no zones. */
const SHANGHAI_SECONDS = 8 * 3600;
/** So many bars before the first one, earlier ones are asked for. */
const AHEAD = 30;

export function begin(place: HTMLElement, palette: Palette, language: Language, listening: Listening): CandleChart {
  const chart = createChart(place, optionsOf(palette, language));
  // first, so that the candles stand before it
  const band = chart.addSeries(HistogramSeries, {
    priceScaleId: "shade",
    color: `${palette.accent}2e`,
    lastValueVisible: false,
    priceLineVisible: false,
    autoscaleInfoProvider: () => ({ priceRange: { minValue: 0, maxValue: 1 } }),
  });
  band.priceScale().applyOptions({ scaleMargins: { top: 0, bottom: 0 }, visible: false });
  const candles = chart.addSeries(CandlestickSeries, {
    // hollow where it rose, full where it fell: seen without the colours, too
    upColor: palette.surface,
    borderUpColor: palette.rise,
    wickUpColor: palette.rise,
    downColor: palette.fall,
    borderDownColor: palette.fall,
    wickDownColor: palette.fall,
    lastValueVisible: false,
    priceLineVisible: false,
  });
  const volume = chart.addSeries(
    HistogramSeries,
    {
      priceFormat: { type: "custom", formatter: (value: number) => large(value, language, 0), minMove: 1 },
      lastValueVisible: false,
      priceLineVisible: false,
    },
    1,
  );
  chart.panes()[0]?.setStretchFactor(4);
  chart.panes()[1]?.setStretchFactor(1);
  const markers = createSeriesMarkers(candles, [], { autoScale: true });
  let bars: readonly Bar[] = [];
  let timeOf: (bar: Bar) => Time = (bar) => bar.date;
  chart.subscribeCrosshairMove((event) => {
    listening.onPoint(event.logical !== undefined && bars[event.logical] ? event.logical : null);
  });
  chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
    if (range && range.from < AHEAD && bars.length > 0) listening.onStart();
  });
  return {
    show(shown) {
      bars = shown.bars;
      timeOf = shown.intraday
        ? (bar) => (Date.parse(bar.time) / 1000 + SHANGHAI_SECONDS) as UTCTimestamp
        : (bar) => bar.date;
      const precision = shown.adjust === "none" && hasThirdDecimal(bars) ? 3 : 2;
      candles.applyOptions({
        priceFormat: {
          type: "custom",
          formatter: (price: number) => decimal(price, precision),
          minMove: 10 ** -precision,
        },
      });
      chart.timeScale().applyOptions({ timeVisible: shown.intraday, secondsVisible: false });
      candles.setData(
        bars.map((bar) => ({ time: timeOf(bar), open: bar.open, high: bar.high, low: bar.low, close: bar.close })),
      );
      volume.setData(
        bars.map((bar) => ({
          time: timeOf(bar),
          value: bar.volume,
          color: `${bar.close >= bar.open ? palette.rise : palette.fall}99`,
        })),
      );
      markers.setMarkers(shown.marks.flatMap((mark) => markersOf(mark, shown, timeOf, palette)));
    },
    look({ from, to }) {
      chart.timeScale().setVisibleLogicalRange({ from: from + bars.length, to: to + bars.length });
    },
    shade(part) {
      const shaded = part ? bars.slice(part.from, part.to + 1) : [];
      band.setData(shaded.map((bar) => ({ time: timeOf(bar), value: 1 })));
    },
    range() {
      const seen = chart.timeScale().getVisibleLogicalRange();
      return seen && { from: seen.from - bars.length, to: seen.to - bars.length };
    },
    remove: () => chart.remove(),
  };
}

const hasThirdDecimal = (bars: readonly Bar[]) => bars.some((bar) => Math.round(bar.close * 1000) % 10 !== 0);

function markersOf(
  mark: Mark,
  { bars, adjust, anchor, withRefused, words }: Shown,
  timeOf: (bar: Bar) => Time,
  palette: Palette,
): SeriesMarker<Time>[] {
  const bar = bars[mark.index];
  if (!bar) return [];
  const time = timeOf(bar);
  const found: SeriesMarker<Time>[] = [];
  const fills = [
    [mark.buys, palette.rise, "belowBar", "arrowUp", words.buyMark],
    [mark.sells, palette.fall, "aboveBar", "arrowDown", words.sellMark],
  ] as const;
  for (const [events, color, position, shape, text] of fills) {
    const price = averagePrice(events);
    if (price === null) continue;
    found.push({ time, position, shape, color, text: events.length > 1 ? `${text}×${events.length}` : text });
    const height = onScale(price, bar, adjust, anchor);
    found.push({ time, position: "atPriceMiddle", shape: "circle", color: palette.ink, price: height, size: 0.1 });
  }
  if (withRefused && mark.refused.length > 0) {
    found.push({
      time,
      position: "aboveBar",
      shape: "square",
      color: palette.doubt,
      text: words.refusedMark,
      size: 0.6,
    });
  }
  if (mark.isExDate) {
    found.push({ time, position: "belowBar", shape: "square", color: palette.inkSoft, text: words.exMark, size: 0.6 });
  }
  return found;
}

function optionsOf(palette: Palette, language: Language): Parameters<typeof createChart>[1] {
  const line = { color: palette.line };
  return {
    autoSize: true,
    layout: {
      attributionLogo: false,
      background: { type: ColorType.Solid, color: palette.surface },
      textColor: palette.inkSoft,
      fontFamily: palette.font,
      fontSize: 12,
      panes: { separatorColor: palette.line, separatorHoverColor: palette.line, enableResize: false },
    },
    grid: { vertLines: line, horzLines: line },
    crosshair: {
      mode: CrosshairMode.Normal,
      vertLine: { color: palette.lineStrong, labelBackgroundColor: palette.inkSoft },
      horzLine: { color: palette.lineStrong, labelBackgroundColor: palette.inkSoft },
    },
    rightPriceScale: { borderColor: palette.line, scaleMargins: { top: 0.1, bottom: 0.1 } },
    timeScale: { borderColor: palette.line, rightOffset: 4, minBarSpacing: 0.4 },
    localization: { locale: language === "zh" ? "zh-CN" : "en-US", dateFormat: "yyyy-MM-dd" },
    handleScroll: { vertTouchDrag: false },
  };
}
