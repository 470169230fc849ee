"use client";
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf } from "@/api/client";
import { ButtonLink } from "@/ui/button";
import { Card } from "@/ui/card";
import { Failure, Skeleton } from "@/ui/states";
import { useWords, type Words } from "@/words/language";

const WORDS: Words<{ title: string; use: string }> = {
  zh: { title: "策略模板", use: "用这个模板" },
  en: { title: "Strategy templates", use: "Use it" },
};

export function Templates() {
  const words = useWords(WORDS);
  const templates = useQuery({
    queryKey: ["templates"],
    queryFn: () => bodyOf(api.GET("/api/templates")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <h1 className="mb-4 text-2xl font-semibold">{words.title}</h1>
      {templates.error && <Failure error={templates.error} again={() => void templates.refetch()} />}
      {templates.isPending && <Skeleton className="h-64" />}
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {templates.data?.items.map((each) => (
          <li key={each.name}>
            <Card title={each.name}>
              <ButtonLink href={`/strategies/?template=${each.name}`}>{words.use}</ButtonLink>
            </Card>
          </li>
        ))}
      </ul>
    </>
  );
}
