"use client";
/** A figure over one or two parameters, with the others held where one wants them. */
import { useMemo } from "react";
import { useMetrics } from "@/api/metrics";
import { parameters } from "@/format/parameters";
import { type Grid, hasEnded, useHeatmap } from "@/jobs/grid";
import { useAllRuns, useRuns } from "@/jobs/grid-runs";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { valuesOf } from "./filters";
import { axesOf } from "./heat";
import { HeatControls } from "./heat-controls";
import { HeatMap } from "./heat-map";
import type { ChangeView } from "./use-view";
import type { View } from "./view";
import { WORDS } from "./words";

interface Props {
  grid: Grid;
  changed: number;
  view: View;
  change: ChangeView;
}

export function Heatmap({ grid, changed, view, change }: Props) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const metrics = useMetrics();
  const all = useAllRuns(grid, true);
  const pages = useRuns(grid, view.sort, changed, { enabled: !hasEnded(grid) });
  const known = all.complete ? all.rows : pages.data?.pages[0]?.items;
  const values = useMemo(() => valuesOf(known ?? []), [known]);
  const names = useMemo(() => [...values].filter(([, each]) => each.length > 1).map(([name]) => name), [values]);
  const { across, down } = axesOf(names, view.map.across, view.map.down);
  const others = names.filter((name) => name !== across && name !== down);
  const held = Object.fromEntries(
    Object.entries(view.map.held).filter(([name, value]) => others.includes(name) && values.get(name)?.includes(value)),
  );
  const map = useHeatmap(grid, across, down, view.map.metric, held, changed);
  if (all.error) return <Failure error={all.error} again={all.again} />;
  if (!known) {
    return (
      <>
        <p role="status" className="mb-2 text-ink-soft">
          {hasEnded(grid) && words.csvMaking(all.loaded, grid.total)}
        </p>
        <Skeleton className="h-96" />
      </>
    );
  }
  if (names.length === 0) return <Empty title={known.length > 1 || !hasEnded(grid) ? words.mapEmpty : words.mapOne} />;
  const fixed =
    map.data && Object.fromEntries(Object.entries(map.data.fixed).filter(([name]) => others.includes(name)));
  return (
    <>
      <HeatControls
        names={names}
        metric={view.map.metric}
        metrics={[...metrics.values()].filter((each) => each.unit !== "date")}
        across={across}
        down={down}
        held={held}
        fixed={fixed ?? {}}
        values={all.complete ? values : null}
        others={others}
        change={(part) => change({ map: { ...view.map, across, down: down ?? "-", held, ...part } })}
      />
      {!all.complete && fixed && others.length > 0 && (
        <p className="mb-2 text-xs text-ink-soft">{words.heldSoFar(parameters(fixed))}</p>
      )}
      {map.error && <Failure error={map.error} again={() => void map.refetch()} />}
      {!map.data && !map.error && <Skeleton className="h-96" />}
      {map.data && <HeatMap map={map.data} metric={metrics.get(map.data.metric)} best={grid.best} key={language} />}
    </>
  );
}
