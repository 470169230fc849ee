/** Which curves are out of sight: those that somebody hid, and of several benchmarks all but the longest, which say the same. */
import { type Benchmark, spanOf } from "./align";

/** What somebody asked for, by key: shown or not. */
export type Asked = ReadonlyMap<string, boolean>;

function lengthOf(benchmark: Benchmark): number {
  const span = spanOf(benchmark.values);
  return span ? span[1] - span[0] : -1;
}

export function hiddenOf(asked: Asked, benchmarks: readonly Benchmark[]): ReadonlySet<string> {
  const longest = Math.max(...benchmarks.map(lengthOf));
  const kept = benchmarks.find((each) => lengthOf(each) === longest);
  const hidden = benchmarks.filter((each) => each !== kept && !asked.has(each.key)).map((each) => each.key);
  return new Set([...hidden, ...[...asked].flatMap(([key, isShown]) => (isShown ? [] : [key]))]);
}
