"use client";
/** What of a run is shown, for how long; then the link, which the API tells only once. */
import { Button } from "@/ui/button";
import { Input, Select } from "@/ui/field";
import { Failure } from "@/ui/states";
import { useWords } from "@/words/language";
import { ShareLink } from "./share-link";
import { linkOf, type useNewShare, type Wanted } from "./shares";
import { type Part, WORDS } from "./words";

const DAYS = [7, 30, 90, 365] as const;
const PARTS: readonly Part[] = ["trades", "report"];
const LONGEST_TITLE = 120;

interface Props {
  wish: Wanted;
  onWish: (wish: Wanted) => void;
  made: ReturnType<typeof useNewShare>;
  /** What the link is called where no title is given. */
  strategy: string;
}

export function NewShare({ wish, onWish, made, strategy }: Props) {
  const words = useWords(WORDS);
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        made.mutate({ ...wish, title: wish.title.trim() });
      }}
    >
      <div className="grid gap-3 sm:grid-cols-[1fr_8rem]">
        <Input
          label={words.name}
          hint={words.nameHint}
          value={wish.title}
          placeholder={strategy}
          maxLength={LONGEST_TITLE}
          onChange={(event) => onWish({ ...wish, title: event.target.value })}
        />
        <Select
          label={words.expiry}
          value={wish.days}
          onChange={(event) => onWish({ ...wish, days: Number(event.target.value) })}
        >
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
              checked={wish.include.includes(part)}
              onChange={(event) =>
                onWish({
                  ...wish,
                  include: PARTS.filter((each) => (each === part ? event.target.checked : wish.include.includes(each))),
                })
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
