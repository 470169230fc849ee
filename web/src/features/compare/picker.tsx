"use client";
/** Recent results to tick for the comparison; others come in by their address. */
import { useState } from "react";
import { count, moment, signedPercent } from "@/format/numbers";
import { idsIn, MOST_COMPARED } from "@/jobs/comparison";
import { type Setting, windowSaid } from "@/jobs/setting";
import { comparable, keyOf, type Submission, useSubmissions } from "@/jobs/submissions";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Change } from "@/ui/change";
import { Dialog } from "@/ui/dialog";
import { Input } from "@/ui/field";
import { Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./words";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  chosen: readonly string[];
  onChoose: (runs: readonly string[]) => void;
}

/** What is ticked is compared when the dialog closes, however it is closed: nobody waits for a curve between two ticks. */
export function Picker({ open, onOpenChange, chosen, onChoose }: Props) {
  const words = useWords(WORDS);
  const [draft, setDraft] = useState<readonly string[] | null>(null);
  const ticked = draft ?? chosen;
  const close = () => {
    if (draft && draft.join() !== chosen.join()) onChoose(draft);
    setDraft(null);
    onOpenChange(false);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? onOpenChange(true) : close())}
      title={words.picker}
      description={words.pickerAbout(MOST_COMPARED)}
    >
      <Recent chosen={ticked} onChoose={setDraft} />
      <Pasted chosen={ticked} onChoose={setDraft} />
      <div className="mt-4 flex items-center justify-end gap-3">
        <p role="status" className="text-xs text-ink-soft">
          {count(ticked.length)} / {count(MOST_COMPARED)} {ticked.length >= MOST_COMPARED && words.full}
        </p>
        <Button look="primary" onClick={close}>
          {words.done}
        </Button>
      </div>
    </Dialog>
  );
}

type Choosing = Pick<Props, "chosen" | "onChoose">;

function Recent({ chosen, onChoose }: Choosing) {
  const words = useWords(WORDS);
  const { asked, submissions } = useSubmissions();
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const rows = submissions.filter(
    (each) =>
      comparable(each) && `${each.backtest.strategy.name} ${each.backtest.notes}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <Input label={words.search} type="search" value={text} onChange={(event) => setText(event.target.value)} />
      {asked.error && <Failure error={asked.error} again={() => void asked.refetch()} />}
      {asked.isPending && <Skeleton className="mt-2 h-24" />}
      <p role="status" className="mt-2 text-xs text-ink-soft">
        {asked.isPending ? words.looking : rows.length === 0 ? words.noRuns : ""}
      </p>
      <ul className="max-h-72 divide-y divide-line overflow-y-auto">
        {rows.map((each) => (
          <Choosable key={keyOf(each)} submission={each} chosen={chosen} onChoose={onChoose} />
        ))}
      </ul>
      {asked.hasNextPage && (
        <Button className="mt-2" busy={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
          {words.older}
        </Button>
      )}
    </>
  );
}

function Choosable({ submission, chosen, onChoose }: { submission: Submission } & Choosing) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { backtest, grid, created_at } = submission;
  const run = comparable(submission);
  if (!run) return null;
  const on = chosen.includes(run.run_id);
  return (
    <li>
      <label className="flex min-h-11 items-center gap-3 px-1 py-1 hover:bg-accent-ground">
        <input
          type="checkbox"
          className="size-4 shrink-0 accent-accent"
          checked={on}
          disabled={!on && chosen.length >= MOST_COMPARED}
          onChange={() => onChoose(on ? chosen.filter((each) => each !== run.run_id) : [...chosen, run.run_id])}
        />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">
            {backtest.strategy.name} {grid && <Badge tone="accent">{words.gridBest}</Badge>}
          </span>
          <span className="block truncate text-xs text-ink-soft">
            {[windowSaid(backtest.context as Setting), moment(created_at, language)].join(" · ")}
          </span>
        </span>
        <Change value={run.stats?.return}>{signedPercent(run.stats?.return)}</Change>
      </label>
    </li>
  );
}

function Pasted({ chosen, onChoose }: Choosing) {
  const words = useWords(WORDS);
  const [text, setText] = useState("");
  const [isWrong, setWrong] = useState(false);
  const add = () => {
    const found = idsIn(text);
    setWrong(found.length === 0);
    if (!found.length) return;
    onChoose([...new Set([...chosen, ...found])].slice(0, MOST_COMPARED));
    setText("");
  };
  return (
    <form
      className="mt-3 flex items-start gap-2 border-t border-line pt-3"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <Input
        label={words.paste}
        hint={words.pasteHint}
        problem={isWrong && words.notAnId}
        className="flex-1"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" className="mt-5" disabled={!text.trim() || chosen.length >= MOST_COMPARED}>
        {words.pasteAdd}
      </Button>
    </form>
  );
}
