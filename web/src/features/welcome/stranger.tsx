"use client";
/** The first page of somebody who is not signed in: what this is, for whom, and one button to try it. */
import { useRouter } from "next/navigation";
import { DemoButton, useInstalled } from "@/features/sign-in/demo-button";
import { ButtonLink } from "@/ui/button";
import { InText } from "@/ui/prose";
import { useWords } from "@/words/language";
import { EXAMPLE } from "./example";
import { WORDS } from "./words";

export function Stranger() {
  const words = useWords(WORDS);
  return (
    <div className="mx-auto grid w-full max-w-6xl gap-10 py-4 sm:py-10">
      <div className="grid grid-cols-[minmax(0,1fr)] items-center gap-8 lg:grid-cols-2">
        <div>
          <h1 className="text-3xl leading-snug font-semibold text-balance">{words.headline}</h1>
          <p className="mt-3 text-base text-ink-soft">{words.lead}</p>
          <Ways />
        </div>
        <figure>
          <pre
            className="overflow-x-auto rounded-lg border border-line bg-surface p-4 font-mono text-xs leading-relaxed"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
            tabIndex={0}
          >
            {EXAMPLE}
          </pre>
          <figcaption className="mt-2 text-xs text-ink-soft">
            {words.exampleTitle} {words.exampleText}
          </figcaption>
        </figure>
      </div>
      <section>
        <h2 className="mb-4 text-lg font-semibold">{words.pointsTitle}</h2>
        <ul className="grid gap-x-8 gap-y-5 sm:grid-cols-2 lg:grid-cols-3">
          {words.points.map((point) => (
            <li key={point.title} className="border-l-2 border-line-strong pl-3">
              <h3 className="font-semibold">{point.title}</h3>
              <p className="mt-1 text-ink-soft">{point.text}</p>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2 className="mb-2 text-lg font-semibold">{words.forTitle}</h2>
        <ul className="list-disc space-y-1 pl-5">
          {words.forWhom.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
        <p className="mt-2 text-ink-soft">
          {words.notFor} <InText href="/about/">{words.about}</InText>
        </p>
      </section>
    </div>
  );
}

function Ways() {
  const words = useWords(WORDS);
  const router = useRouter();
  const may = useInstalled().data;
  return (
    <>
      <div className="mt-5 flex flex-wrap items-center gap-2">
        {may?.demo && <DemoButton onDone={() => router.push("/templates/")} />}
        <ButtonLink look={may && !may.demo ? "primary" : "plain"} href="/sign-in/" prefetch={false}>
          {words.signIn}
        </ButtonLink>
        {may?.signUp && (
          <ButtonLink look="quiet" href="/sign-in/?new" prefetch={false}>
            {words.signUp}
          </ButtonLink>
        )}
        <ButtonLink look="quiet" href="/tutorial/" prefetch={false}>
          {words.tutorial}
        </ButtonLink>
      </div>
      {may?.demo && <p className="mt-2 text-xs text-ink-soft">{words.demoNote}</p>}
    </>
  );
}
