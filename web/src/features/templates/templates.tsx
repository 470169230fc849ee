"use client";
/** The gallery: templates by what they bet on, each with its idea, its parameters and one press to its editor. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, bodyOf } from "@/api/client";
import { Button, ButtonLink } from "@/ui/button";
import { Failure, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { useStoryPage } from "./stories";
import { TemplateCard } from "./template-card";
import { WORDS } from "./words";

export function Templates() {
  const words = useWords(WORDS);
  const { groups, stories, error, again } = useStoryPage();
  const [chosen, setChosen] = useState("");
  const templates = useQuery({
    queryKey: ["templates"],
    queryFn: () => bodyOf(api.GET("/api/templates")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const items = templates.data?.items ?? [];
  const told = [...stories.keys()].flatMap((name) => items.find((each) => each.name === name) ?? []);
  const all = [...told, ...items.filter((each) => !stories.has(each.name))];
  const kindOf = (key: string) => words.short[key] ?? groups.find((each) => each.key === key)?.title;
  const groupOf = (name: string) => stories.get(name)?.group ?? "";
  return (
    <>
      <header className="mb-4 flex flex-wrap items-end gap-3">
        <div>
          <h1 className="text-2xl font-semibold">{words.title}</h1>
          <p className="text-ink-soft">{words.lead}</p>
        </div>
        <div className="ml-auto flex gap-2">
          <ButtonLink href="/strategies/">{words.mine}</ButtonLink>
          <ButtonLink href="/strategies/?new">{words.blank}</ButtonLink>
        </div>
      </header>
      {templates.error && <Failure error={templates.error} again={() => void templates.refetch()} />}
      {error && <Failure error={error} again={again} />}
      {(templates.isPending || (groups.length === 0 && !error)) && <Skeleton className="h-96" />}
      {groups.length > 0 && templates.data && (
        <>
          <div role="group" aria-label={words.bets} className="mb-4 flex flex-wrap items-center gap-2">
            <span className="text-ink-soft">{words.bets}</span>
            {[{ key: "", title: words.all }, ...groups].map((group) => (
              <Button
                key={group.key}
                aria-pressed={chosen === group.key}
                look={chosen === group.key ? "primary" : "plain"}
                title={group.title}
                onClick={() => setChosen(group.key)}
              >
                {words.short[group.key] ?? group.title}
              </Button>
            ))}
          </div>
          <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
            {all
              .filter((each) => chosen === "" || groupOf(each.name) === chosen)
              .map((each) => (
                <TemplateCard
                  key={each.name}
                  template={each}
                  story={stories.get(each.name)}
                  bet={kindOf(groupOf(each.name))}
                />
              ))}
          </ul>
        </>
      )}
      <p className="mt-6 text-xs text-ink-soft">{words.disclaimer}</p>
    </>
  );
}
