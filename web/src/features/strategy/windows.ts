/** The last years of what the data have; null: all of it. */
export function windowOf(first: string, last: string, years: number | null): { start: string; end: string } {
  if (years === null || !last) return { start: first, end: last };
  const day = last.slice(4) === "-02-29" ? "-02-28" : last.slice(4);
  const early = `${Number(last.slice(0, 4)) - years}${day}`;
  return { start: early > first ? early : first, end: last };
}
