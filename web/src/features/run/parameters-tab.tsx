"use client";
/** To come. */
import { Skeleton } from "@/ui/states";
import type { PartProps } from "./run-tabs";

export function ParametersTab({ run }: PartProps) {
  return <Skeleton key={run.run_id} className="h-64" />;
}
