/** How curves are told apart without their colour: a letter, a dash and a symbol for each place. */

const DASHES = ["solid", [7, 4], [2, 3], [9, 3, 2, 3], [12, 4]] as const;
const SYMBOLS = ["circle", "triangle", "rect", "diamond", "pin"] as const;

export interface Mark {
  letter: string;
  dash: (typeof DASHES)[number];
  symbol: (typeof SYMBOLS)[number];
}

/** Dashes and symbols go round at different speeds, so that no two of ten share both. */
export function markOf(place: number): Mark {
  const round = Math.floor(place / DASHES.length);
  return {
    letter: String.fromCharCode(65 + place),
    dash: DASHES[place % DASHES.length] ?? "solid",
    symbol: SYMBOLS[(place + round) % SYMBOLS.length] ?? "circle",
  };
}

export const lettersOf = (places: readonly number[]): string => places.map((place) => markOf(place).letter).join(" ");

/** Where a curve bears its symbol: some places along its span, shifted so that curves beside each other do not cover theirs. */
export function marked(span: readonly [number, number], place: number, of: number, many = 10): number[] {
  const [first, last] = span;
  const step = (last - first) / many;
  const shift = (place + 0.5) / Math.max(of, 1);
  const places = Array.from({ length: many }, (_, turn) => first + Math.round((turn + shift) * step));
  return [...new Set(places.filter((each) => each <= last))];
}
