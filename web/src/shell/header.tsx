"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { signOut } from "@/session/auth";
import { useSession } from "@/session/use-session";
import { Button, ButtonLink } from "@/ui/button";
import { classes } from "@/ui/classes";
import { setLanguage, useLanguage, useWords } from "@/words/language";
import { setRise, setTheme, useRise, useTheme } from "./choices";
import { WORDS } from "./words";

const PLACES = ["templates", "strategies", "history", "compare", "data", "tutorial"] as const;

export function Header() {
  const words = useWords(WORDS);
  const here = usePathname();
  const [open, setOpen] = useState(false);
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-surface">
      <div className="mx-auto flex min-h-14 w-full max-w-[90rem] flex-wrap items-center gap-x-5 px-4">
        <Link href="/" className="text-lg font-semibold text-ink no-underline">
          {words.name}
        </Link>
        <Button
          look="quiet"
          className="ml-auto lg:hidden"
          aria-expanded={open}
          aria-controls="places"
          onClick={() => setOpen(!open)}
        >
          {words.menu}
        </Button>
        <div
          id="places"
          className={classes(
            "w-full flex-col gap-2 pb-3 lg:flex lg:w-auto lg:flex-1 lg:flex-row lg:items-center lg:pb-0",
            open ? "flex" : "hidden",
          )}
        >
          <nav aria-label={words.navigation} className="flex flex-col lg:flex-row">
            {PLACES.map((place) => {
              const current = here.startsWith(`/${place}/`);
              return (
                <Link
                  key={place}
                  href={`/${place}/`}
                  aria-current={current ? "page" : undefined}
                  onClick={() => setOpen(false)}
                  className={classes(
                    "rounded-md px-3 py-2 no-underline hover:bg-accent-ground",
                    current ? "font-medium text-accent" : "text-ink",
                  )}
                >
                  {words[place]}
                </Link>
              );
            })}
          </nav>
          <div className="flex flex-wrap items-center gap-1 lg:ml-auto">
            <Looks />
            <Person />
          </div>
        </div>
      </div>
    </header>
  );
}

function Looks() {
  const words = useWords(WORDS);
  const language = useLanguage();
  const theme = useTheme();
  const rise = useRise();
  return (
    <>
      <Button look="quiet" onClick={() => setRise(rise === "red" ? "green" : "red")}>
        <span aria-hidden="true" className="text-rise">
          ▲
        </span>
        {rise === "red" ? words.riseRed : words.riseGreen}
      </Button>
      <Button look="quiet" onClick={() => setTheme(theme === "dark" ? "light" : "dark")}>
        {theme === "dark" ? words.light : words.dark}
      </Button>
      <Button
        look="quiet"
        lang={language === "zh" ? "en" : "zh-CN"}
        onClick={() => setLanguage(language === "zh" ? "en" : "zh")}
      >
        {language === "zh" ? "English" : "中文"}
      </Button>
    </>
  );
}

function Person() {
  const words = useWords(WORDS);
  const session = useSession();
  if (session.status === "asking") return null;
  if (session.status === "in") {
    return (
      <>
        <ButtonLink look="quiet" href="/account/" title={session.session.user.email ?? undefined}>
          {words.account}
        </ButtonLink>
        <Button look="quiet" onClick={() => void signOut()}>
          {words.signOut}
        </Button>
      </>
    );
  }
  return (
    <ButtonLink look="primary" href="/sign-in/">
      {words.signIn}
    </ButtonLink>
  );
}
