"use client";
/** What is done to a strategy of the list: another name and tags, or out of the list. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, once, type Schemas } from "@/api/client";
import { apiError } from "@/api/errors";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Input } from "@/ui/field";
import { notify } from "@/ui/notices";
import { Failure } from "@/ui/states";
import { useWords } from "@/words/language";
import { dropDraft } from "./drafts";
import { LIST_WORDS } from "./list-words";
import { tagsOf } from "./tags";

interface Props {
  strategy: Schemas["StrategyListed"];
  onClose: () => void;
}

export function RenameDialog({ strategy, onClose }: Props) {
  const words = useWords(LIST_WORDS);
  const queries = useQueryClient();
  const [name, setName] = useState(strategy.name);
  const [tags, setTags] = useState(strategy.tags.join(", "));
  const change = useMutation({
    mutationFn: (wanted: string) =>
      api.PATCH("/api/strategies/{strategy_id}", {
        params: { path: { strategy_id: strategy.strategy_id }, header: once() } as never,
        body: { name: wanted, tags: tagsOf(tags) },
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["strategies"] });
      notify(words.renamed);
      onClose();
    },
  });
  const taken = change.error !== null && apiError(change.error).code === "CONFLICT";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(name.trim());
  };
  return (
    <Dialog open onOpenChange={onClose} title={words.renameTitle}>
      <form onSubmit={submit} className="grid gap-3">
        <Input
          label={words.name}
          value={name}
          maxLength={200}
          required
          problem={taken && change.variables === name.trim() ? words.taken : undefined}
          onChange={(event) => setName(event.target.value)}
        />
        <Input
          label={words.tags}
          hint={words.tagsHint}
          value={tags}
          onChange={(event) => setTags(event.target.value)}
        />
        {change.error && !taken && <Failure error={change.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button type="submit" look="primary" busy={change.isPending} disabled={!name.trim()}>
            {words.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function DeleteDialog({ strategy, onClose }: Props) {
  const words = useWords(LIST_WORDS);
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      api.DELETE("/api/strategies/{strategy_id}", {
        params: { path: { strategy_id: strategy.strategy_id }, header: once() } as never,
      }),
    onSuccess: () => {
      dropDraft(`strategy.${strategy.strategy_id}`);
      void queries.invalidateQueries({ queryKey: ["strategies"] });
      notify(words.removed(strategy.name));
      onClose();
    },
  });
  return (
    <Dialog open onOpenChange={onClose} title={words.removeTitle(strategy.name)} description={words.removeText}>
      {remove.error && <Failure error={remove.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{words.cancel}</Button>
        <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
          {words.remove}
        </Button>
      </div>
    </Dialog>
  );
}
