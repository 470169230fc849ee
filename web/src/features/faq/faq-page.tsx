"use client";
/** Questions and answers; each has an address of its own, and the one that was asked for is open. */
import { useEffect } from "react";
import { counted } from "@/api/counted";
import { InText, Prose, Section } from "@/ui/prose";
import { useWords } from "@/words/language";
import { WORDS } from "./words";

function openAsked(): void {
  const asked = document.getElementById(window.location.hash.slice(1));
  if (!(asked instanceof HTMLDetailsElement)) return;
  asked.open = true;
  asked.scrollIntoView();
}

export function FaqPage() {
  const words = useWords(WORDS);
  useEffect(() => {
    counted("faq_opened");
    openAsked();
    window.addEventListener("hashchange", openAsked);
    return () => window.removeEventListener("hashchange", openAsked);
  }, []);
  return (
    <Prose title={words.title} lead={words.lead}>
      {words.groups.map((group) => (
        <Section key={group.title} title={group.title}>
          <div className="rounded-lg border border-line bg-surface">
            {group.questions.map((question) => (
              <details
                key={question.id}
                id={question.id}
                className="group scroll-mt-16 border-b border-line last:border-b-0"
              >
                <summary className="flex min-h-11 items-center px-4 py-2 font-medium hover:bg-ground">
                  <span aria-hidden="true" className="mr-2 text-ink-soft transition-transform group-open:rotate-90">
                    ▸
                  </span>
                  {question.ask}
                </summary>
                <div className="grid gap-2 px-4 pt-1 pb-4 pl-9">
                  {question.answer.map((line) => (
                    <p key={line}>{line}</p>
                  ))}
                  {question.to && (
                    <p>
                      <InText href={question.to.href}>{question.to.label}</InText>
                    </p>
                  )}
                </div>
              </details>
            ))}
          </div>
        </Section>
      ))}
      <p>
        {words.missing} <InText href="/feedback/">{words.feedback}</InText>
      </p>
    </Prose>
  );
}
