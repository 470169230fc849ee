"use client";
/** The way to every place, how the page looks, and who is signed in: one line on a desk, a menu on a telephone. */
import { usePathname } from "next/navigation";
import { useEffect, useState } from "react";
import { signOut } from "@/session/auth";
import { useSession } from "@/session/use-session";
import { Button, ButtonLink } from "@/ui/button";
import { classes } from "@/ui/classes";
import { PlaceLink } from "@/ui/place-link";
import { useWords } from "@/words/language";
import { Looks } from "./looks";
import { WORDS } from "./words";

const PLACES = ["templates", "strategies", "history", "compare", "data", "tutorial"] as const;
/** Whose pages belong to which place. */
const WITHIN: Partial<Record<string, (typeof PLACES)[number]>> = { runs: "history", grids: "history" };

export function Header() {
  const words = useWords(WORDS);
  const [, here = ""] = usePathname().split("/");
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open) return;
    const close = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      document.getElementById("menu")?.focus();
    };
    document.addEventListener("keydown", close);
    return () => document.removeEventListener("keydown", close);
  }, [open]);
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-surface">
      <div className="mx-auto flex w-full max-w-[90rem] flex-wrap items-center gap-x-4 px-4 py-1.5">
        <PlaceLink
          href="/"
          aria-current={here === "" ? "page" : undefined}
          className="inline-flex min-h-9 items-center text-lg font-semibold text-ink no-underline"
          onClick={() => setOpen(false)}
        >
          {words.name}
        </PlaceLink>
        <Button
          id="menu"
          look="quiet"
          className="ml-auto xl:hidden"
          aria-expanded={open}
          aria-controls="places"
          onClick={() => setOpen(!open)}
        >
          {words.menu}
        </Button>
        <div
          id="places"
          className={classes(
            "w-full flex-col gap-2 pt-1 pb-2 xl:flex xl:w-auto xl:flex-1 xl:flex-row xl:items-center xl:py-0",
            open ? "flex" : "hidden",
          )}
        >
          <nav aria-label={words.navigation} className="grid grid-cols-2 sm:grid-cols-3 xl:flex">
            {PLACES.map((place) => {
              const current = place === (WITHIN[here] ?? here);
              return (
                <PlaceLink
                  key={place}
                  href={`/${place}/`}
                  aria-current={current ? (place === here ? "page" : "true") : undefined}
                  onClick={() => setOpen(false)}
                  className={classes(
                    "inline-flex min-h-9 items-center rounded-md px-3 whitespace-nowrap no-underline hover:bg-accent-ground",
                    current ? "font-semibold text-accent" : "text-ink",
                  )}
                >
                  {words[place]}
                </PlaceLink>
              );
            })}
          </nav>
          <div className="flex flex-wrap items-center border-t border-line pt-2 xl:ml-auto xl:flex-nowrap xl:border-t-0 xl:pt-0">
            <Looks />
            <Person onLeave={() => setOpen(false)} />
          </div>
        </div>
      </div>
    </header>
  );
}

function Person({ onLeave }: { onLeave: () => void }) {
  const words = useWords(WORDS);
  const session = useSession();
  const here = usePathname();
  if (session.status === "asking") return null;
  if (session.status === "out") {
    return (
      <ButtonLink look="primary" href="/sign-in/" prefetch={false} className="ml-2" onClick={onLeave}>
        {words.signIn}
      </ButtonLink>
    );
  }
  const email = session.status === "in" ? session.session.user.email : session.email;
  return (
    <>
      <ButtonLink
        look="quiet"
        href="/account/"
        prefetch={false}
        title={email}
        className="aria-[current=page]:font-semibold aria-[current=page]:text-accent"
        aria-current={here === "/account/" ? "page" : undefined}
        onClick={onLeave}
      >
        {words.account}
      </ButtonLink>
      {/* The next page begins anew: nothing of this person stays in it. */}
      <Button look="quiet" onClick={() => void signOut().then(() => window.location.assign("/"))}>
        {words.signOut}
      </Button>
    </>
  );
}
