"use client";
/** The values of one parameter that stay: a few are ticked, many are a stretch from one to another. */
import { parameter } from "@/format/parameters";
import { classes } from "@/ui/classes";
import { Select } from "@/ui/field";
import { useWords } from "@/words/language";
import { WORDS } from "./words";

const FEW = 14;

interface Props {
  name: string;
  values: readonly number[];
  /** Undefined: all of them. */
  kept: readonly number[] | undefined;
  change: (kept: readonly number[] | undefined) => void;
}

export function ValuesFilter({ name, values, kept, change }: Props) {
  const words = useWords(WORDS);
  const keep = (next: readonly number[]) => change(next.length === values.length ? undefined : next);
  if (values.length > FEW) {
    const [low, high] = [kept?.[0] ?? values[0] ?? 0, kept?.at(-1) ?? values.at(-1) ?? 0];
    const stretch = (from: number, to: number) => keep(values.filter((each) => each >= from && each <= to));
    return (
      <fieldset className="flex gap-2">
        <legend className="mb-1 font-mono text-xs font-medium text-ink-soft">{name}</legend>
        <Select
          className="flex-1"
          label={words.from}
          value={low}
          onChange={(event) => stretch(Number(event.target.value), Math.max(high, Number(event.target.value)))}
        >
          {values.map((each) => (
            <option key={each} value={each}>
              {parameter(each)}
            </option>
          ))}
        </Select>
        <Select
          className="flex-1"
          label={words.to}
          value={high}
          onChange={(event) => stretch(Math.min(low, Number(event.target.value)), Number(event.target.value))}
        >
          {values.map((each) => (
            <option key={each} value={each}>
              {parameter(each)}
            </option>
          ))}
        </Select>
      </fieldset>
    );
  }
  const stays = (each: number) => kept === undefined || kept.includes(each);
  const toggle = (each: number) => {
    const next = values.filter((value) => (value === each ? !stays(value) : stays(value)));
    if (next.length > 0) keep(next);
  };
  return (
    <fieldset>
      <legend className="mb-1 font-mono text-xs font-medium text-ink-soft">{name}</legend>
      <div className="flex flex-wrap gap-1.5">
        {values.map((each) => (
          <label
            key={each}
            className={classes(
              "flex min-h-9 cursor-pointer items-center gap-1.5 rounded-md border px-2",
              stays(each) ? "border-accent bg-accent-ground" : "border-line-strong text-ink-soft",
            )}
          >
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={stays(each)}
              onChange={() => toggle(each)}
            />
            {parameter(each)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
