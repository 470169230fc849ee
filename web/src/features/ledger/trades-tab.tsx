"use client";
import type { Run } from "@/jobs/run";
import { Skeleton } from "@/ui/states";

export function TradesTab({ run }: { run: Run }) {
  return <Skeleton key={run.run_id} className="h-64" />;
}
