/** Values of the diagnosis by their units. */
import { count, decimal, percent, type Value } from "@/format/numbers";

export function indicatorText(value: Value, unit: string): string {
  switch (unit) {
    case "probability":
    case "share":
    case "rate":
      return percent(value, 1);
    case "count":
    case "sessions":
      return Number.isInteger(value) ? count(value) : decimal(value, 1);
    default:
      return decimal(value);
  }
}
