"use client";
/** A run that was laid into the archive: when, and a button that brings it back as it was. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { fetchFile, once } from "@/api/client";
import { moment } from "@/format/numbers";
import { Button } from "@/ui/button";
import { Empty, Failure } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./words";

export function Archived({ id, since }: { id: string; since: string }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const client = useQueryClient();
  const restored = useMutation({
    mutationFn: () => fetchFile(`/api/runs/${id}:restore`, { method: "POST", headers: once() }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["run", id] }),
  });
  return (
    <>
      <Empty title={words.archived}>
        <p className="mx-auto mb-4 max-w-xl">{words.archivedSince(moment(since, language))}</p>
        <Button look="primary" busy={restored.isPending} onClick={() => restored.mutate()}>
          {words.restore}
        </Button>
      </Empty>
      {restored.error && <Failure error={restored.error} again={() => restored.mutate()} />}
    </>
  );
}
