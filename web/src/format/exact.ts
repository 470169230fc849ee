/** Figures of ledgers, digit for digit as the API gives them: nothing of a ledger is rounded away. */
import { decimal, signed, type Value } from "./numbers";

/** Money and prices have three decimals (a fund's tick is 0.001 yuan); the third is shown where it says something. */
const digits = (value: number) => (Math.round(value * 1000) % 10 === 0 ? 2 : 3);

export function exact(value: Value): string {
  return value == null ? decimal(value) : decimal(value, digits(value));
}

export function signedExact(value: Value): string {
  return value == null ? signed(value) : signed(value, digits(value));
}

/** Sums of money without the binary fractions of sums: in thousandths, which are whole numbers. */
export function sum(values: Iterable<number>): number {
  let thousandths = 0;
  for (const value of values) thousandths += Math.round(value * 1000);
  return thousandths / 1000;
}

const CLOCK = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Shanghai",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** The time of day of an instant, in Shanghai: 14:35. */
export const clock = (iso: string): string => CLOCK.format(new Date(iso));
