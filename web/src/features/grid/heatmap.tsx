"use client";
import { useRouter } from "next/navigation";
import { useCallback, useMemo, useState } from "react";
import { useMetrics } from "@/api/metrics";
import { Chart, type Option } from "@/charts/chart";
import type { Palette } from "@/charts/palette";
import { figure } from "@/format/metrics";
import { type Grid, useHeatmap } from "@/jobs/grid";
import { Select } from "@/ui/field";
import { Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./words";

/** Viridis, which those who see red and green alike can read, too (https://bids.github.io/colormap/). */
const VIRIDIS = ["#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725"];
const CELL = 34;

export function Heatmap({ grid, names, changed }: { grid: Grid; names: readonly string[]; changed: number }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const metrics = useMetrics();
  const router = useRouter();
  const [metric, setMetric] = useState("return");
  const [across, setAcross] = useState(names[0] ?? "");
  const [down, setDown] = useState(names[1] ?? "");
  const map = useHeatmap(grid, across, down || null, metric, NONE, changed);
  const unit = metrics.get(metric)?.unit ?? "ratio";
  const cells = useMemo(
    () =>
      map.data?.values.flatMap((row, y) =>
        row.flatMap((value, x) => (value === null ? [] : [[x, y, value] as const])),
      ) ?? [],
    [map.data],
  );
  const option = useCallback(
    (palette: Palette): Option => {
      const values = cells.map(([, , value]) => value);
      const axis = {
        axisLine: { lineStyle: { color: palette.line } },
        axisLabel: { color: palette.inkSoft },
        splitArea: { show: false },
      };
      return {
        grid: { left: 56, right: 96, top: 8, bottom: 40, outerBoundsMode: "none" },
        tooltip: {
          backgroundColor: palette.raised,
          borderColor: palette.line,
          textStyle: { color: palette.ink },
          formatter: ({ value }: { value: [number, number, number] }) =>
            `${across} ${map.data?.x.values[value[0]]}${down ? `, ${down} ${map.data?.y?.values[value[1]]}` : ""}<br>${figure(metric, unit, value[2], language)}`,
        },
        xAxis: {
          type: "category",
          name: across,
          nameLocation: "middle",
          nameGap: 26,
          data: map.data?.x.values.map(String),
          ...axis,
        },
        yAxis: { type: "category", name: down, data: map.data?.y?.values.map(String) ?? [""], ...axis },
        visualMap: {
          min: Math.min(...values),
          max: Math.max(...values),
          calculable: true,
          right: 0,
          top: "middle",
          inRange: { color: VIRIDIS },
          textStyle: { color: palette.inkSoft },
          formatter: (value: number) => figure(metric, unit, value, language),
        },
        series: [
          { type: "heatmap", data: cells, progressive: 0, itemStyle: { borderColor: palette.surface, borderWidth: 1 } },
        ],
      };
    },
    [cells, map.data, across, down, metric, unit, language],
  );
  const height = Math.min(640, Math.max(220, (map.data?.values.length ?? 6) * CELL + 64));
  return (
    <>
      <div className="mb-3 grid grid-cols-3 gap-3 sm:max-w-xl">
        <Select label={words.metric} value={metric} onChange={(event) => setMetric(event.target.value)}>
          {[...metrics.values()]
            .filter((each) => each.unit !== "date")
            .map((each) => (
              <option key={each.key} value={each.key}>
                {each.label[language]}
              </option>
            ))}
        </Select>
        <Select label={words.across} value={across} onChange={(event) => setAcross(event.target.value)}>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
        <Select label={words.down} value={down} onChange={(event) => setDown(event.target.value)}>
          <option value="">{words.none}</option>
          {names
            .filter((name) => name !== across)
            .map((name) => (
              <option key={name}>{name}</option>
            ))}
        </Select>
      </div>
      {map.error && <Failure error={map.error} again={() => void map.refetch()} />}
      {!map.data && !map.error && <Skeleton className="h-72" />}
      {map.data && (
        <Chart
          label={`${words.heatmap}: ${metric}, ${across}, ${down}`}
          option={option}
          height={height}
          onReady={(chart) =>
            chart.on("click", (event) => {
              const [x, y] = event.value as [number, number, number];
              const run = map.data.run_ids[y]?.[x];
              if (run) router.push(`/runs/?id=${run}`);
            })
          }
        />
      )}
    </>
  );
}

const NONE = {};
