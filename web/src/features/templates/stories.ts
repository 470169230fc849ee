"use client";
/** What each template is about, in the reader's language: its idea, its rules, when it fails, what to look at. */
import { useQuery } from "@tanstack/react-query";
import { type Language, useLanguage } from "@/words/language";

export interface Group {
  key: string;
  /** What its templates bet on. */
  title: string;
}

export interface Story {
  name: string;
  title: string;
  group: string;
  summary: string;
  idea: string;
  rules: string;
  /** What it needs, if anything. */
  needs: string;
  fails: string;
  look: string;
  meanings: Readonly<Record<string, string>>;
}

interface Page {
  groups: readonly Group[];
  stories: ReadonlyMap<string, Story>;
}

const NOTHING: Page = { groups: [], stories: new Map() };

/** Loaded for the language that is read, and no sooner. */
async function page(language: Language): Promise<Page> {
  const found = (language === "zh" ? await import("./stories.zh.json") : await import("./stories.en.json")).default;
  const stories = found.stories as unknown as readonly Story[];
  return { groups: found.groups, stories: new Map(stories.map((each) => [each.name, each])) };
}

export function useStoryPage(): Page & { error: unknown; again: () => void } {
  const language = useLanguage();
  const { data, error, refetch } = useQuery({
    queryKey: ["stories", language],
    queryFn: () => page(language),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { ...(data ?? NOTHING), error, again: () => void refetch() };
}

export const useStories = () => useStoryPage().stories;

const NONE = {};
export const meaningsOf = (story: Story | undefined): Readonly<Record<string, string>> =>
  story ? plain(story.meanings) : NONE;

/** In a form's hint there is no room for the look of code. */
function plain(meanings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(meanings).map(([name, text]) => [name, text.replaceAll("`", "")]));
}
