"use client";
/** What this software is not, where its simulation ends, and how to take its results. */
import { Prose, Section } from "@/ui/prose";
import { useWords } from "@/words/language";
import { WORDS } from "./words";

export function AboutPage() {
  const words = useWords(WORDS);
  return (
    <Prose title={words.title} lead={words.lead}>
      {words.sections.map((section) => (
        <Section key={section.title} title={section.title}>
          <ul className="list-disc space-y-2 pl-5">
            {section.lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Section>
      ))}
    </Prose>
  );
}
