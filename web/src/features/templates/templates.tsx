"use client";
/** The gallery: templates by what they bet on, each with its idea, its parameters and one press to its editor. */
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";
import { ButtonLink } from "@/ui/button";
import { Failure, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { type Group, useStoryPage } from "./stories";
import { TemplateCard } from "./template-card";
import { WORDS } from "./words";

type Template = Schemas["TemplateShown"];

export function Templates() {
  const words = useWords(WORDS);
  const { groups, stories } = useStoryPage();
  const templates = useQuery({
    queryKey: ["templates"],
    queryFn: () => bodyOf(api.GET("/api/templates")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const items = templates.data?.items ?? [];
  const told = [...stories.keys()].flatMap((name) => items.find((each) => each.name === name) ?? []);
  const untold = items.filter((each) => !stories.has(each.name));
  return (
    <>
      <header className="mb-5 flex flex-wrap items-end gap-3">
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
      {(templates.isPending || groups.length === 0) && <Skeleton className="h-96" />}
      {groups.length > 0 &&
        templates.data &&
        [...groups, { key: "", title: words.others }].map((group) => (
          <GroupOf
            key={group.key}
            group={group}
            templates={group.key ? told.filter((each) => stories.get(each.name)?.group === group.key) : untold}
            stories={stories}
          />
        ))}
      <p className="mt-6 text-xs text-ink-soft">{words.disclaimer}</p>
    </>
  );
}

interface GroupProps {
  group: Group;
  templates: readonly Template[];
  stories: ReturnType<typeof useStoryPage>["stories"];
}

function GroupOf({ group, templates, stories }: GroupProps) {
  if (templates.length === 0) return null;
  return (
    <section className="mb-6" aria-labelledby={`group-${group.key}`}>
      <h2 id={`group-${group.key}`} className="mb-2 text-base font-semibold text-ink-soft">
        {group.title}
      </h2>
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {templates.map((each) => (
          <TemplateCard key={each.name} template={each} story={stories.get(each.name)} />
        ))}
      </ul>
    </section>
  );
}
