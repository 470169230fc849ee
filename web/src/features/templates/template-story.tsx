"use client";
/** What a template is about: beside its text in the editor, and opened in the gallery. */
import { Card } from "@/ui/card";
import { useWords } from "@/words/language";
import { Said } from "./said";
import type { Story } from "./stories";
import { WORDS } from "./words";

export function TemplateStory({ story }: { story: Story }) {
  const words = useWords(WORDS);
  return (
    <Card title={words.about(story.title)}>
      <p>
        <Said text={story.summary} />
      </p>
      <StoryParts story={story} />
    </Card>
  );
}

export function StoryParts({ story }: { story: Story }) {
  const words = useWords(WORDS);
  const parts = (["idea", "rules", "needs", "fails", "look"] as const).filter((part) => story[part]);
  return (
    <dl className="mt-3 grid gap-3">
      {parts.map((part) => (
        <div key={part}>
          <dt className="font-medium">{words[part]}</dt>
          <dd className="mt-0.5 text-ink-soft">
            <Said text={story[part]} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
