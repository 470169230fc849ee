"use client";
/** From signing in to a result that can be believed, in words and links. */
import { useEffect } from "react";
import { counted } from "@/api/counted";
import { InText, Prose, Section } from "@/ui/prose";
import { useWords } from "@/words/language";
import { WORDS } from "./words";

export function TutorialPage() {
  const words = useWords(WORDS);
  useEffect(() => counted("tutorial_opened"), []);
  return (
    <Prose title={words.title} lead={words.lead}>
      <nav aria-label={words.contents} className="rounded-lg border border-line bg-surface p-3">
        <ol className="grid gap-x-4 sm:grid-cols-2">
          {words.steps.map((step, place) => (
            <li key={step.id}>
              <a href={`#${step.id}`} className="inline-flex min-h-9 items-center gap-2 no-underline hover:underline">
                <span className="text-ink-soft">{place + 1}</span>
                {step.title}
              </a>
            </li>
          ))}
        </ol>
      </nav>
      {words.steps.map((step, place) => (
        <Section key={step.id} id={step.id} title={`${place + 1}. ${step.title}`}>
          {step.lines.map((line) => (
            <p key={line}>{line}</p>
          ))}
          {step.code && (
            <pre
              className="overflow-x-auto rounded-md border border-line bg-surface p-3 font-mono text-xs"
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
              tabIndex={0}
            >
              {step.code}
            </pre>
          )}
          {step.to && (
            <p>
              → <InText href={step.to.href}>{step.to.label}</InText>
            </p>
          )}
        </Section>
      ))}
    </Prose>
  );
}
