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
      <Section title={words.parts.title}>
        <p>
          {words.parts.contained}{" "}
          <a href="/licences.txt" className="underline underline-offset-2">
            {words.parts.texts}
          </a>
        </p>
        <p>
          {words.parts.candles}{" "}
          <a href="https://www.tradingview.com/" rel="noreferrer" className="underline underline-offset-2">
            www.tradingview.com
          </a>
        </p>
      </Section>
    </Prose>
  );
}
