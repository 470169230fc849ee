"use client";
/** One template of the gallery: what it does at a glance, all about it in a dialog, and the way into its editor. */
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { Badge } from "@/ui/badge";
import { Button, ButtonLink } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { useWords } from "@/words/language";
import { Said } from "./said";
import type { Story } from "./stories";
import { StoryParts } from "./template-story";
import { WORDS } from "./words";

type Template = Schemas["TemplateShown"];

interface Props {
  template: Template;
  story: Story | undefined;
  /** What it bets on. */
  bet: string | undefined;
}

const SUMMARY = /^description:\s*(.+)$/m;

export function TemplateCard({ template, story, bet }: Props) {
  const words = useWords(WORDS);
  const [open, setOpen] = useState(false);
  const href = `/strategies/?template=${template.name}`;
  return (
    <li className="flex min-w-0 flex-col rounded-lg border border-line bg-surface p-4">
      <h2 className="flex flex-wrap items-baseline gap-x-2 text-base font-semibold">
        {story?.title}
        <code className="font-mono text-xs font-normal text-ink-soft">{template.name}</code>
        {bet && (
          <span className="ml-auto font-normal">
            <Badge>{bet}</Badge>
          </span>
        )}
      </h2>
      <p className="mt-1 mb-3 flex-1">
        <Said text={story?.summary ?? SUMMARY.exec(template.code)?.[1] ?? ""} />
      </p>
      <p className="mb-3 truncate text-xs text-ink-soft">
        {words.parameters}{" "}
        <code className="font-mono">
          {template.parameters.map((each) => `${each.name} ${each.default}`).join(" · ")}
        </code>
      </p>
      <div className="flex flex-wrap gap-2">
        <ButtonLink href={href} look="primary">
          {words.use}
        </ButtonLink>
        {story && <Button onClick={() => setOpen(true)}>{words.more}</Button>}
      </div>
      {story && (
        <Dialog open={open} onOpenChange={setOpen} title={story.title} description={<Said text={story.summary} />}>
          <StoryParts story={story} />
          <Parameters template={template} story={story} />
          <h3 className="mt-4 font-medium">{words.text}</h3>
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
            tabIndex={0}
            className="mt-1 max-h-72 overflow-auto rounded-md bg-ground p-3 font-mono text-xs"
          >
            {template.code}
          </pre>
          <ButtonLink href={href} look="primary" className="mt-4">
            {words.use}
          </ButtonLink>
        </Dialog>
      )}
    </li>
  );
}

function Parameters({ template, story }: { template: Template; story: Story }) {
  const words = useWords(WORDS);
  return (
    <>
      <h3 className="mt-4 font-medium">{words.parameters}</h3>
      <dl className="mt-1 grid gap-1">
        {template.parameters.map((each) => (
          <div key={each.name}>
            <dt className="inline">
              <code className="font-mono">
                {each.name} = {each.default}
              </code>
            </dt>
            <dd className="ml-2 inline text-ink-soft">
              <Said text={story.meanings[each.name] ?? ""} />
              {words.bounds(String(each.min), String(each.max))}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
