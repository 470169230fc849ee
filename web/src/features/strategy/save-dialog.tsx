"use client";
/** Asks for the name of a strategy that is kept for the first time. */
import { type FormEvent, useState } from "react";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Input } from "@/ui/field";
import { Failure } from "@/ui/states";
import { useWords } from "@/words/language";
import type { Saving } from "./saving";
import { WORDS } from "./words";

export function SaveDialog({ saving, suggested, valid }: { saving: Saving; suggested: string; valid: boolean }) {
  return <Named key={`${saving.naming}`} saving={saving} suggested={suggested} valid={valid} />;
}

function Named({ saving, suggested, valid }: { saving: Saving; suggested: string; valid: boolean }) {
  const words = useWords(WORDS);
  const [name, setName] = useState(suggested);
  const trimmed = name.trim();
  const { create, addTo } = saving;
  const taken = saving.taken && create.variables === trimmed;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (trimmed) create.mutate(trimmed);
  };
  const failure = (taken ? null : create.error) ?? addTo.error;
  return (
    <Dialog open={saving.naming} onOpenChange={saving.setNaming} title={words.saveTitle} description={words.saveText}>
      <form onSubmit={submit} className="grid gap-3">
        <Input
          label={words.name}
          value={name}
          maxLength={200}
          problem={trimmed ? (taken ? words.taken : undefined) : words.nameEmpty}
          onChange={(event) => setName(event.target.value)}
        />
        {taken && (
          <Button busy={addTo.isPending} onClick={() => addTo.mutate(trimmed)}>
            {words.addVersion(trimmed)}
          </Button>
        )}
        {!valid && <p className="text-doubt">{words.wrongText}</p>}
        {failure && <Failure error={failure} />}
        <div className="flex justify-end gap-2">
          <Button onClick={() => saving.setNaming(false)}>{words.cancel}</Button>
          <Button type="submit" look="primary" busy={create.isPending} disabled={!trimmed || !valid}>
            {words.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
