"use client";
/** What is suspicious about a run, and the proof that no signal looks ahead: the artifact `findings`. */
import { useQuery } from "@tanstack/react-query";
import type { Run } from "./run";
import { artifact } from "./statistics";

export interface Said {
  zh: string;
  en: string;
}

export type Severity = "serious" | "warning" | "info";

export interface Finding {
  code: string;
  severity: Severity;
  figures: Readonly<Record<string, unknown>>;
  title: Said;
  text: Said;
}

export interface Findings {
  checks: number;
  /** The worst first. */
  findings: Finding[];
  /** Null for orders from outside: there are no signals to prove. */
  proof: { holds: boolean; cuts: number; cells: number; text: Said } | null;
}

const PATIENCE_MS = 1000;

export function useFindings(run: Run) {
  return useQuery({
    queryKey: ["findings", run.run_id],
    queryFn: ({ signal }) => artifact<Findings>(run.run_id, "findings", signal),
    enabled: run.status === "succeeded",
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: (query) => (query.state.data === null ? PATIENCE_MS : false),
  });
}
