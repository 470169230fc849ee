/** Which colours states and verdicts have; the words beside them say the same. */
import type { Tone } from "@/ui/badge";

export const TONES: Readonly<Record<string, Tone>> = {
  good: "good",
  doubtful: "doubt",
  bad: "bad",
  unknown: "plain",
  queued: "plain",
  planning: "accent",
  running: "accent",
  aggregating: "accent",
  finished: "good",
  succeeded: "good",
  cancelled: "doubt",
  incomplete: "bad",
  failed: "bad",
};
