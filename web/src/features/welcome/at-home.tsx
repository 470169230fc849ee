"use client";
/** The first page of somebody who is signed in: on with what they were at. */
import Link from "next/link";
import { announcements, useMe } from "@/features/account/me";
import { ButtonLink } from "@/ui/button";
import { Card } from "@/ui/card";
import { useWords } from "@/words/language";
import { RecentCard } from "./recent-card";
import { WORDS } from "./words";

export function AtHome() {
  const words = useWords(WORDS);
  const me = useMe().data;
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <h1 className="text-2xl font-semibold">{words.hello}</h1>
        <ButtonLink look="primary" className="ml-auto" href="/templates/" prefetch={false}>
          {words.start}
        </ButtonLink>
      </div>
      {me &&
        announcements(me).map((said) => (
          <p key={said} role="status" className="mb-4 rounded-lg bg-accent-ground p-3 text-accent-strong">
            {said}
          </p>
        ))}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <RecentCard />
        <Card title={words.next}>
          <ul className="grid gap-1">
            {words.places.map((place) => (
              <li key={place.href}>
                <Link
                  href={place.href}
                  prefetch={false}
                  className="-mx-2 block rounded-md px-2 py-1.5 text-ink no-underline hover:bg-accent-ground"
                >
                  <span className="font-medium text-accent">{place.title}</span>
                  <span className="block text-xs text-ink-soft">{place.text}</span>
                </Link>
              </li>
            ))}
          </ul>
        </Card>
      </div>
    </>
  );
}
