/** What each part of a run's page is given. */
import type { Backtest, Run } from "@/jobs/run";

export interface PartProps {
  run: Run;
  backtest: Backtest;
}
