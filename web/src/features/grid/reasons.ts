/** Why a run has no figures, as its error tells it. */
import type { Row } from "./filters";

type Failed = Pick<Row, "error">;

/** "budget", "early_stop"; "": its owner cancelled it. */
export function cancelReason(run: Failed): string {
  const details = run.error?.details as { reason?: string } | undefined;
  return details?.reason ?? "";
}

/** What the API says of a failure, every problem of it. */
export function message(run: Failed): string {
  return typeof run.error?.message === "string" ? run.error.message : "";
}
