"use client";
import Link from "next/link";
import { useWords } from "@/words/language";
import { WORDS } from "./words";

const PLACES = ["pricing", "faq", "about", "feedback"] as const;

export function Footer() {
  const words = useWords(WORDS);
  return (
    <footer className="border-t border-line bg-surface">
      <div className="mx-auto flex w-full max-w-[90rem] flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 text-xs text-ink-soft">
        <p>{words.disclaimer}</p>
        <nav className="ml-auto flex gap-4" aria-label={words.about}>
          {PLACES.map((place) => (
            <Link key={place} href={`/${place}/`} className="py-1 text-ink-soft">
              {words[place]}
            </Link>
          ))}
        </nav>
      </div>
    </footer>
  );
}
