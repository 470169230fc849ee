"use client";
/** Which text the workspace opens: a template's, one's own, a draft that was left. */
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { api, bodyOf } from "@/api/client";
import { Button } from "@/ui/button";
import { Failure, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { dropDraft, readDraft } from "./drafts";
import { WORDS } from "./words";
import { Workspace } from "./workspace";

export function StrategyPage() {
  const words = useWords(WORDS);
  const asked = useSearchParams();
  const id = asked.get("id");
  const template = asked.get("template") ?? "dual-moving-average";
  const name = id ? `strategy.${id}` : `template.${template}`;
  const [discarded, setDiscarded] = useState(0);
  const text = useQuery({
    queryKey: ["text", name],
    queryFn: async () => {
      if (id)
        return (await bodyOf(api.GET("/api/strategies/{strategy_id}", { params: { path: { strategy_id: id } } }))).code;
      const { items } = await bodyOf(api.GET("/api/templates"));
      return (items.find((each) => each.name === template) ?? items[0])?.code ?? "";
    },
  });
  const datasets = useQuery({
    queryKey: ["datasets"],
    queryFn: async () => (await bodyOf(api.GET("/api/market/datasets"))).items,
  });
  const error = text.error ?? datasets.error;
  if (error) return <Failure error={error} again={() => void Promise.all([text.refetch(), datasets.refetch()])} />;
  if (text.data === undefined || !datasets.data) return <Skeleton className="h-96" />;
  const draft = readDraft(name);
  const isDraft = draft !== null && draft.code !== text.data;
  return (
    <>
      {isDraft && (
        <p className="mb-3 flex items-center gap-3 rounded-md bg-doubt-ground px-3 py-1.5 text-doubt">
          {words.draft}
          <Button
            onClick={() => {
              dropDraft(name);
              setDiscarded(discarded + 1);
            }}
          >
            {words.discard}
          </Button>
        </p>
      )}
      <Workspace key={`${name}.${discarded}`} name={name} initial={draft?.code ?? text.data} datasets={datasets.data} />
    </>
  );
}
