"use client";
/** Which stocks: as the text says, or chosen here. */
import { listOf, type UniverseKind } from "@/jobs/context";
import { Input, Select, TextArea } from "@/ui/field";
import { useLanguage, useWords } from "@/words/language";
import { CodeSearch } from "./code-search";
import { CONTEXT_WORDS } from "./context-words";
import { indexName, useIndices } from "./indices";
import type { WishProps } from "./wish-props";

const KINDS: readonly UniverseKind[] = ["own", "all", "index", "codes", "boards", "industry", "rank"];
const FIRST: Partial<Record<UniverseKind, string>> = { boards: "main", rank: "amount" };

export function UniverseFields({ wish, set, wrong }: WishProps) {
  const words = useWords(CONTEXT_WORDS);
  const tongue = useLanguage();
  const indices = useIndices(wish.dataset).filter((each) => each.has_members);
  const choose = (universe: UniverseKind) =>
    set({ universe, members: universe === "index" ? (indices[0]?.ts_code ?? "") : (FIRST[universe] ?? "") });
  const named = wish.universe !== "own" && wish.universe !== "all";
  return (
    <>
      <Select
        label={words.universe}
        value={wish.universe}
        problem={named ? undefined : wrong("members")}
        onChange={(event) => choose(event.target.value as UniverseKind)}
        className="col-span-2"
      >
        {[...KINDS, ...(wish.universe === "json" ? (["json"] as const) : [])].map((kind) => (
          <option key={kind} value={kind}>
            {words.universes[kind]}
          </option>
        ))}
      </Select>
      {wish.universe === "index" &&
        (indices.some((each) => each.ts_code === wish.members) ? (
          <Select
            label={words.index}
            value={wish.members}
            problem={wrong("members")}
            className="col-span-2"
            onChange={(event) => set({ members: event.target.value })}
          >
            {indices.map((each) => (
              <option key={each.ts_code} value={each.ts_code}>
                {indexName(each.ts_code, tongue)}
              </option>
            ))}
          </Select>
        ) : (
          <Members label={words.indexCode} {...{ wish, set, wrong }} />
        ))}
      {wish.universe === "codes" && (
        <>
          <TextArea
            label={words.codes}
            hint={words.codesHint}
            value={wish.members}
            problem={wrong("members")}
            className="col-span-2"
            onChange={(event) => set({ members: event.target.value })}
          />
          <CodeSearch
            dataset={wish.dataset}
            chosen={wish.members}
            onAdd={(code) => set({ members: [...listOf(wish.members), code].join(", ") })}
          />
        </>
      )}
      {wish.universe === "boards" && <Boards {...{ wish, set, wrong }} />}
      {wish.universe === "industry" && (
        <Members label={words.industry} hint={words.industryHint} {...{ wish, set, wrong }} />
      )}
      {wish.universe === "rank" && <Rank {...{ wish, set, wrong }} />}
      {wish.universe === "json" && <Members label={words.json} {...{ wish, set, wrong }} />}
    </>
  );
}

function Members({ label, hint, wish, set, wrong }: WishProps & { label: string; hint?: string }) {
  return (
    <Input
      label={label}
      hint={hint}
      value={wish.members}
      problem={wrong("members")}
      className="col-span-2"
      onChange={(event) => set({ members: event.target.value })}
    />
  );
}

function Boards({ wish, set, wrong }: WishProps) {
  const words = useWords(CONTEXT_WORDS);
  const chosen = listOf(wish.members);
  const toggle = (board: string, on: boolean) =>
    set({
      members: Object.keys(words.board)
        .filter((each) => (each === board ? on : chosen.includes(each)))
        .join(", "),
    });
  return (
    <fieldset className="col-span-2">
      <legend className="mb-1 text-xs font-medium text-ink-soft">{words.boards}</legend>
      <div className="flex flex-wrap gap-x-4">
        {Object.entries(words.board).map(([board, name]) => (
          <label key={board} className="flex min-h-9 items-center gap-1.5">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={chosen.includes(board)}
              onChange={(event) => toggle(board, event.target.checked)}
            />
            {name}
          </label>
        ))}
      </div>
      {wrong("members") && (
        <p role="alert" className="text-xs text-bad">
          {wrong("members")}
        </p>
      )}
    </fieldset>
  );
}

function Rank({ wish, set, wrong }: WishProps) {
  const words = useWords(CONTEXT_WORDS);
  const known = Object.keys(words.ranked);
  return (
    <>
      <Select
        label={words.rank}
        value={wish.members}
        problem={wrong("members")}
        className="col-span-2"
        onChange={(event) => set({ members: event.target.value })}
      >
        {(known.includes(wish.members) ? known : [...known, wish.members]).map((field) => (
          <option key={field} value={field}>
            {words.ranked[field] ?? field}
          </option>
        ))}
      </Select>
      <Select
        label={words.rankEnd}
        value={wish.rankEnd}
        onChange={(event) => set({ rankEnd: event.target.value as "top" | "bottom" })}
      >
        <option value="top">{words.rankEnds.top}</option>
        <option value="bottom">{words.rankEnds.bottom}</option>
      </Select>
      <Input
        label={words.top}
        inputMode="numeric"
        value={wish.top}
        problem={wrong("top")}
        onChange={(event) => set({ top: event.target.value })}
      />
    </>
  );
}
