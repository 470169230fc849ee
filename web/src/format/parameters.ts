/** Values of parameters: as they were asked for, without the binary fractions of ranges (0.1 + 0.2). */
import type { Value } from "./numbers";

const DIGITS = 10;

export function parameter(value: Value): string {
  if (value == null || !Number.isFinite(value)) return "–";
  return String(Number(value.toPrecision(DIGITS))).replace("-", "−");
}

/** fast = 5, slow = 20 */
export function parameters(params: Readonly<Record<string, number>>): string {
  return Object.entries(params)
    .map(([name, value]) => `${name} = ${parameter(value)}`)
    .join(", ");
}
