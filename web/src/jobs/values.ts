/** Values of parameters as typed: one for a single run; candidates or a range for a grid. */
import type { Schemas } from "@/api/client";

export type Parameter = Schemas["ParameterShown"];
export type Candidates = number[] | { start: number; stop: number; step: number };

const RANGE = /^(-?[\d.]+)\s*(?:\.\.|…|~|至|to|:)\s*(-?[\d.]+)(?:\s*(?:step|步长|by|\/|:)\s*([\d.]+))?$/i;
const SEPARATORS = /[\s,，、;；]+/;

export type Read<T> = { value: T } | { problem: "empty" | "number" | "whole" | "low" | "high" | "order" };

function checked(value: number, parameter: Parameter): Read<number> {
  if (!Number.isFinite(value)) return { problem: "number" };
  if (parameter.whole && !Number.isInteger(value)) return { problem: "whole" };
  if (value < parameter.min) return { problem: "low" };
  if (value > parameter.max) return { problem: "high" };
  return { value };
}

export function readValue(text: string, parameter: Parameter): Read<number> {
  return text.trim() === "" ? { problem: "empty" } : checked(Number(text), parameter);
}

/** `5, 10, 20` or `5 .. 60 step 5`; a range without a step takes steps of one, or a tenth of the way. */
export function readCandidates(text: string, parameter: Parameter): Read<Candidates> {
  const trimmed = text.trim();
  if (!trimmed) return { problem: "empty" };
  const range = RANGE.exec(trimmed);
  if (range) {
    const [start, stop] = [Number(range[1]), Number(range[2])];
    const step = range[3] === undefined ? (parameter.whole ? 1 : (stop - start) / 10) : Number(range[3]);
    for (const end of [start, stop]) {
      const read = checked(end, parameter);
      if ("problem" in read) return read;
    }
    return stop < start || !(step > 0) ? { problem: "order" } : { value: { start, stop, step } };
  }
  const values: number[] = [];
  for (const part of trimmed.split(SEPARATORS).filter(Boolean)) {
    const read = checked(Number(part), parameter);
    if ("problem" in read) return read;
    if (!values.includes(read.value)) values.push(read.value);
  }
  return { value: values };
}

/** Of a range both ends count, where the steps meet the last one. */
export function countOf(candidates: Candidates): number {
  if (Array.isArray(candidates)) return candidates.length;
  return Math.floor((candidates.stop - candidates.start) / candidates.step + 1e-9) + 1;
}

/** Five values around the default, within the bounds that the strategy gives; beside a bound they lie on the side where there is room. */
export function suggested(parameter: Parameter): string {
  const { default: middle, min, max, whole } = parameter;
  const room = Math.min(middle - min, max - middle) || Math.max(middle - min, max - middle);
  const width = Math.min(room, Math.abs(middle) / 2 || room / 2);
  const step = whole ? Math.max(1, Math.round(width / 2)) : width / 2;
  const values = [-2, -1, 0, 1, 2].map((each) => middle + each * step).filter((each) => each >= min && each <= max);
  return [...new Set(values.map((each) => (whole ? Math.round(each) : Number(each.toPrecision(6)))))].join(", ");
}

const VARIED = 2;

/** A grid to begin with: the first two parameters vary, and the others keep their default, so that it stays small and its map is flat. */
export function suggestions(parameters: readonly Parameter[]): Record<string, string> {
  return Object.fromEntries(
    parameters.map((each, place) => [each.name, place < VARIED ? suggested(each) : String(each.default)]),
  );
}
