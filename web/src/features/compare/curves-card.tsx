"use client";
/** The curves of a comparison with the choices of how they lie on each other, and a legend that hides and shows them. */
import type { EChartsType } from "echarts/core";
import { useCallback, useMemo, useRef, useState } from "react";
import { Chart } from "@/charts/chart";
import type { Palette } from "@/charts/palette";
import type { Zoomed } from "@/features/run/ranges";
import { count } from "@/format/numbers";
import { Card } from "@/ui/card";
import { Choice } from "@/ui/choice";
import { useWords } from "@/words/language";
import { type Alignment, aligned, type Comparison, commonSpan, haveOneWindow } from "./align";
import { comparisonOption, HEIGHT } from "./chart-option";
import { type Asked, hiddenOf } from "./hidden";
import { Legend } from "./legend";
import { lettersOf } from "./marks";
import { WORDS } from "./words";

type Scale = "linear" | "log";
const ALIGNMENTS: readonly Alignment[] = ["calendar", "common", "start"];
const WHOLE = { start: 0, end: 100 };

interface Props {
  comparison: Comparison;
  labels: readonly string[];
  onRemove: (run: string) => void;
}

export function CurvesCard({ comparison, labels, onRemove }: Props) {
  const words = useWords(WORDS);
  const [wanted, setAlignment] = useState<Alignment>("calendar");
  const [scale, setScale] = useState<Scale>("linear");
  const [asked, setAsked] = useState<Asked>(new Map());
  const zoom = useRef(WHOLE);
  const isOneWindow = haveOneWindow(comparison);
  const alignment = isOneWindow || (wanted === "common" && !commonSpan(comparison)) ? "calendar" : wanted;
  const drawing = useMemo(() => aligned(comparison, alignment), [comparison, alignment]);
  const hidden = useMemo(() => hiddenOf(asked, drawing.benchmarks), [asked, drawing]);
  const keys = useMemo(() => comparison.runs.map((run) => run.run_id), [comparison]);
  const option = useCallback(
    (palette: Palette) =>
      comparisonOption(
        {
          aligned: drawing,
          labels,
          hidden,
          keys,
          log: scale === "log",
          zoom: zoom.current,
          title: alignment === "start" ? words.session : (place) => place,
          benchmark: ({ code, of }) => words.benchmark(code, lettersOf(of)),
        },
        palette,
      ),
    [drawing, labels, hidden, keys, scale, alignment, words],
  );
  // A curve that comes or goes, or another scale, leaves the part in sight as it is.
  const ready = useCallback((chart: EChartsType) => {
    chart.on("datazoom", (event) => {
      const { batch, ...said } = event as Zoomed;
      const { start = 0, end = 100 } = batch?.[0] ?? said;
      zoom.current = { start, end };
    });
  }, []);
  const toggle = (key: string) => setAsked((before) => new Map(before).set(key, hidden.has(key)));
  const align = (next: Alignment) => {
    zoom.current = WHOLE;
    setAlignment(next);
  };

  return (
    <Card
      title={words.curves}
      actions={
        <>
          {!isOneWindow && (
            <Choice
              label={words.alignment}
              value={alignment}
              onChange={align}
              options={ALIGNMENTS.filter((each) => each !== "common" || commonSpan(comparison)).map((value) => ({
                value,
                label: words.alignments[value],
              }))}
            />
          )}
          <Choice
            label={words.scale}
            value={scale}
            onChange={setScale}
            options={[
              { value: "linear", label: words.linear },
              { value: "log", label: words.log },
            ]}
          />
        </>
      }
    >
      <Legend
        comparison={comparison}
        labels={labels}
        hidden={hidden}
        benchmarks={drawing.benchmarks}
        onToggle={toggle}
        onRemove={onRemove}
      />
      <Chart
        label={`${words.equity}, ${words.drawdown}: ${labels.join(", ")}`}
        option={option}
        height={HEIGHT}
        onReady={ready}
      />
      <p className="mt-2 text-xs text-ink-soft">
        {[
          words.alignmentHelp[alignment],
          !isOneWindow && !commonSpan(comparison) && words.nothingCommon,
          comparison.thinning.step > 1 && words.thinned(comparison.thinning.step, count(comparison.thinning.sessions)),
          words.adjusted,
          words.zoom,
        ]
          .filter(Boolean)
          .join(" ")}
      </p>
    </Card>
  );
}
