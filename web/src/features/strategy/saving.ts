"use client";
/** Keeping a text: as a new version of one's own strategy, or under a name for the first time. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { api, bodyOf, once } from "@/api/client";
import { apiError } from "@/api/errors";
import { notify } from "@/ui/notices";
import { useWords } from "@/words/language";
import type { Desk } from "./desk";
import { dropDraft, keepDraft } from "./drafts";
import type { Opened } from "./opening";
import { WORDS } from "./words";

export interface Own {
  id: string;
  name: string;
  version: number;
}

/** With the text that is kept: one that means the same as the newest (comments and spaces do not count) makes no version. */
async function versionAdded(id: string, code: string): Promise<{ version: number; code: string }> {
  const params = { path: { strategy_id: id }, header: once() } as never;
  return bodyOf(api.POST("/api/strategies/{strategy_id}/versions", { params, body: { code } }));
}

/** The list finds by the beginning of a name. */
async function ownByName(name: string): Promise<string | undefined> {
  const { items } = await bodyOf(api.GET("/api/strategies", { params: { query: { name, limit: 100 } } as never }));
  return items.find((each) => each.name === name)?.strategy_id;
}

interface Kept {
  /** The text is known to be wrong: it cannot be kept. */
  wrong: boolean;
  /** The text as it is kept. */
  saved: string;
  setSaved: (code: string) => void;
}

export function useSaving(opened: Opened, desk: Desk, { wrong, saved, setSaved }: Kept) {
  const words = useWords(WORDS);
  const router = useRouter();
  const queries = useQueryClient();
  const [own, setOwn] = useState<Own | null>(
    opened.strategy ? { ...opened.strategy, version: opened.strategy.newest } : null,
  );
  const [naming, setNaming] = useState(false);
  const isOlder = opened.strategy !== undefined && opened.strategy.version !== opened.strategy.newest;
  const changed = desk.code !== saved;
  const dirty = changed || isOlder;

  /** What is not in the text as it is kept stays a draft. */
  function drafted(key: string, kept: string): void {
    const { code, ...rest } = desk;
    keepDraft(key, code === kept ? rest : desk);
  }

  function opens(id: string, name: string, { version, code }: { version: number; code: string }): void {
    notify(words.savedAs(name, version));
    void queries.invalidateQueries({ queryKey: ["strategies"] });
    dropDraft(opened.key);
    drafted(`strategy.${id}`, code);
    router.replace(`/strategies/?id=${id}`);
  }

  const addVersion = useMutation({
    mutationFn: async ({ id, code }: Own & { code: string }) => versionAdded(id, code),
    onSuccess: ({ version, code }, { id, name, version: before }) => {
      void queries.invalidateQueries({ queryKey: ["versions", id] });
      if (isOlder) return opens(id, name, { version, code });
      setSaved(code);
      drafted(opened.key, code);
      setOwn({ id, name, version });
      notify(version === before ? words.same(version) : words.savedAs(name, version));
    },
  });

  const create = useMutation({
    mutationFn: async (name: string) =>
      bodyOf(api.POST("/api/strategies", { body: { code: desk.code, name }, params: { header: once() } as never })),
    onSuccess: (made) => {
      setNaming(false);
      opens(made.strategy_id, made.name, made);
    },
  });

  const addTo = useMutation({
    mutationFn: async (name: string) => {
      const id = await ownByName(name);
      if (!id) throw create.error ?? new Error(name);
      return { id, name, added: await versionAdded(id, desk.code) };
    },
    onSuccess: ({ id, name, added }) => {
      setNaming(false);
      opens(id, name, added);
    },
  });

  return {
    own,
    /** There is something to save: a change, or an older version that would become the newest. */
    dirty,
    changed,
    naming,
    setNaming,
    busy: addVersion.isPending,
    error: addVersion.error,
    save: () => {
      if (addVersion.isPending) return;
      if (!own) setNaming(true);
      else if (dirty && wrong) notify(words.wrongText, "bad");
      else if (dirty) addVersion.mutate({ ...own, code: desk.code });
    },
    create,
    taken: create.error !== null && apiError(create.error).code === "CONFLICT",
    addTo,
    /** For a run of a changed text. */
    keep:
      own && changed
        ? () => addVersion.mutateAsync({ ...own, code: desk.code }).then(({ version }) => ({ id: own.id, version }))
        : null,
  };
}

export type Saving = ReturnType<typeof useSaving>;
