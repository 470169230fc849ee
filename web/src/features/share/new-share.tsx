"use client";
/** What of a run is shown, for how long; then the link, which the API tells only once. */
import { useState } from "react";
import type { Run } from "@/jobs/run";
import { Button } from "@/ui/button";
import { Input, Select } from "@/ui/field";
import { Failure } from "@/ui/states";
import { useWords } from "@/words/language";
import { ShareLink } from "./share-link";
import { linkOf, useNewShare } from "./shares";
import { type Part, WORDS } from "./words";

const DAYS = [7, 30, 90, 365] as const;
const PARTS: readonly Part[] = ["trades", "report"];
const LONGEST_TITLE = 120;

export function NewShare({ run }: { run: Run }) {
  const words = useWords(WORDS);
  const [title, setTitle] = useState("");
  const [days, setDays] = useState(30);
  const [parts, setParts] = useState<readonly Part[]>(["trades"]);
  const made = useNewShare(run.run_id);
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        made.mutate({ title: title.trim(), days, include: [...parts] });
      }}
    >
      <div className="grid gap-3 sm:grid-cols-[1fr_8rem]">
        <Input
          label={words.name}
          hint={words.nameHint}
          value={title}
          maxLength={LONGEST_TITLE}
          onChange={(event) => setTitle(event.target.value)}
        />
        <Select label={words.expiry} value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {DAYS.map((each) => (
            <option key={each} value={each}>
              {words.days(each)}
            </option>
          ))}
        </Select>
      </div>
      <fieldset>
        <legend className="mb-1 text-xs font-medium text-ink-soft">{words.parts}</legend>
        {PARTS.map((part) => (
          <label key={part} className="flex min-h-9 items-center gap-2">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={parts.includes(part)}
              onChange={(event) =>
                setParts(event.target.checked ? [...parts, part] : parts.filter((each) => each !== part))
              }
            />
            {words.part[part]}
          </label>
        ))}
        <p className="text-xs text-ink-soft">{words.always}</p>
      </fieldset>
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" look="primary" busy={made.isPending}>
          {words.make}
        </Button>
        <p role="status" className="text-xs text-ink-soft">
          {made.isPending ? words.making : made.data ? words.made : ""}
        </p>
      </div>
      {made.error && <Failure error={made.error} />}
      {made.data && <ShareLink link={linkOf(made.data.token, window.location.origin)} />}
    </form>
  );
}
