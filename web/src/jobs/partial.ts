"use client";
/** The equity of a run that was stopped: it has no statistics, but its account up to there. */
import { useQuery } from "@tanstack/react-query";
import { fetchFile } from "@/api/client";
import type { Run } from "./run";
import type { Curve } from "./statistics";

/** The close of each session, of a CSV with a row for each bar; the drawdown below the highest so far, `initial` included. */
export function curveOf(csv: string, initial: number): Curve {
  const [head = "", ...rows] = csv.replace(/^\uFEFF/, "").split(/\r?\n/);
  const names = head.split(",");
  const [date, equity] = [names.indexOf("date"), names.indexOf("equity_yuan")];
  const closes = new Map<number, number>();
  for (const row of rows) {
    const cells = row.split(",");
    const session = Number(cells[date]?.replaceAll("-", ""));
    if (session) closes.set(session, Number(cells[equity]));
  }
  let peak = initial;
  const drawdown = [...closes.values()].map((value) => {
    peak = Math.max(peak, value);
    return value / peak - 1;
  });
  const alone = { benchmark_code: null, benchmark: null, excess: null };
  return { sessions: [...closes.keys()], equity: [...closes.values()], drawdown, ...alone };
}

export function usePartialCurve(run: Run, initial: number, wanted: boolean) {
  return useQuery({
    queryKey: ["partial", run.run_id],
    queryFn: async ({ signal }) => {
      const file = await fetchFile(`/api/runs/${run.run_id}/artifacts/equity?format=csv`, { signal });
      return curveOf(await file.text(), initial);
    },
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
