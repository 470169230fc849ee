"use client";
/** What a ledger is narrowed to: a stock, days, and what the ledger itself knows. All of it stands in the address. */
import { type ReactNode, useEffect, useId, useState } from "react";
import { Button } from "@/ui/button";
import { Input, Select } from "@/ui/field";
import { useWords } from "@/words/language";
import { useAddress } from "./address";
import { findCode } from "./codes";
import type { Asked } from "./ledger";
import { WORDS } from "./words";

/** What the address asks of the API. */
export function useAsked(): Asked {
  const { get } = useAddress();
  return { code: get("code"), from: get("from"), to: get("to") };
}

interface Props {
  names: ReadonlyMap<string, string>;
  /** Further choices, by their names in the address; they are cleared with the others. */
  further?: readonly string[];
  withCode?: boolean;
  children?: ReactNode;
}

export function Filters({ names, further = [], withCode = true, children }: Props) {
  const words = useWords(WORDS);
  const { get, set } = useAddress();
  const all = [...(withCode ? ["code"] : []), "from", "to", ...further];
  const isChosen = all.some((name) => get(name) !== "");
  return (
    <fieldset className="grid grid-cols-2 items-end gap-2 sm:flex sm:flex-wrap">
      <legend className="sr-only">{words.filters}</legend>
      {withCode && <CodeInput names={names} value={get("code")} onChange={(code) => set({ code })} />}
      <Input
        type="date"
        className="sm:w-36"
        label={words.from}
        value={get("from")}
        max={get("to") || undefined}
        onChange={(event) => set({ from: event.target.value })}
      />
      <Input
        type="date"
        className="sm:w-36"
        label={words.to}
        value={get("to")}
        min={get("from") || undefined}
        onChange={(event) => set({ to: event.target.value })}
      />
      {children}
      {isChosen && (
        <Button look="quiet" onClick={() => set(Object.fromEntries(all.map((name) => [name, null])))}>
          {words.clear}
        </Button>
      )}
    </fieldset>
  );
}

/** One of a few values, or all; what the address has and the list has not counts as all. */
export function ChoiceOf({
  name,
  label,
  options,
  all,
}: {
  name: string;
  label: string;
  options: readonly (readonly [value: string, label: string])[];
  /** What no choice means. */
  all?: string;
}) {
  const words = useWords(WORDS);
  const { get, set } = useAddress();
  const value = options.some(([key]) => key === get(name)) ? get(name) : "";
  return (
    <Select
      className="sm:w-40"
      label={label}
      value={value}
      onChange={(event) => set({ [name]: event.target.value || null })}
    >
      <option value="">{all ?? words.all}</option>
      {options.map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </Select>
  );
}

function CodeInput({
  names,
  value,
  onChange,
}: {
  names: ReadonlyMap<string, string>;
  value: string;
  onChange: (code: string | null) => void;
}) {
  const words = useWords(WORDS);
  const list = useId();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const found = findCode(typed, names);
  const isUnknown = typed.trim() !== "" && found.code === null;
  return (
    <>
      <Input
        className="col-span-2 sm:w-48"
        label={words.code}
        placeholder={words.codeHint}
        list={list}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        problem={isUnknown && found.candidates.length === 0 ? words.codeUnknown : undefined}
        onChange={(event) => {
          setTyped(event.target.value);
          const next = findCode(event.target.value, names);
          const isListed = next.code !== null && event.target.value.trim().toUpperCase() === next.code;
          if (isListed || event.target.value === "") onChange(next.code);
        }}
        onKeyDown={(event) => event.key === "Enter" && found.code && onChange(found.code)}
        onBlur={() => found.code && onChange(found.code)}
      />
      <datalist id={list}>
        {found.candidates.map(([code, name]) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}
