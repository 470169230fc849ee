"use client";
import { usePathname } from "next/navigation";
import { PlaceLink } from "@/ui/place-link";
import { useWords } from "@/words/language";
import { WORDS } from "./words";

const PLACES = ["pricing", "faq", "about", "feedback"] as const;

export function Footer() {
  const words = useWords(WORDS);
  const here = usePathname();
  return (
    <footer className="border-t border-line bg-surface">
      <div className="mx-auto flex w-full max-w-[90rem] flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-xs text-ink-soft">
        <p>{words.disclaimer}</p>
        <nav className="-mx-2 flex flex-wrap sm:ml-auto" aria-label={words.more}>
          {PLACES.map((place) => (
            <PlaceLink
              key={place}
              href={`/${place}/`}
              aria-current={here === `/${place}/` ? "page" : undefined}
              className="inline-flex min-h-9 items-center px-2 text-ink-soft no-underline hover:underline aria-[current=page]:font-semibold aria-[current=page]:text-accent"
            >
              {words[place]}
            </PlaceLink>
          ))}
        </nav>
      </div>
    </footer>
  );
}
