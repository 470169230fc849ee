"use client";
/** What is around every page: navigation, the session's dialogs, notices, and what all of them share. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { usePathname } from "next/navigation";
import { type ReactNode, useState } from "react";
import { apiError } from "@/api/errors";
import { Notices } from "@/ui/notices";
import { useLanguage, useWords, type Words } from "@/words/language";
import { useGeneralTitle } from "@/words/title";
import { Footer } from "./footer";
import { Header } from "./header";
import { SessionEnded } from "./session-ended";
import { titleOf } from "./titles";
import { Whose } from "./whose";

const WORDS: Words<{ skip: string }> = { zh: { skip: "跳到正文" }, en: { skip: "Skip to content" } };
const TRIES = 2;
/** Whoever is told to come back later than that reads so, instead of waiting before an empty page. */
const PATIENCE_SECONDS = 5;

function triesAgain(failures: number, error: unknown): boolean {
  const { passing, retryAfter } = apiError(error);
  return failures < TRIES && passing && (retryAfter ?? 0) <= PATIENCE_SECONDS;
}

function makeClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        networkMode: "always", // without a connection it is said, not waited for
        refetchOnReconnect: true,
        retry: triesAgain,
        retryDelay: (attempt, error) => (apiError(error).retryAfter ?? 2 ** attempt) * 1000,
      },
      mutations: { networkMode: "always" },
    },
  });
}

export function Shell({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient);
  const words = useWords(WORDS);
  useGeneralTitle(titleOf(usePathname(), useLanguage()));
  return (
    <QueryClientProvider client={client}>
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-3">
        {words.skip}
      </a>
      <div className="flex min-h-dvh flex-col">
        <Header />
        <main id="content" tabIndex={-1} className="mx-auto w-full max-w-[90rem] flex-1 px-4 py-5 outline-none">
          {children}
        </main>
        <Footer />
      </div>
      <SessionEnded />
      <Whose />
      <Notices />
    </QueryClientProvider>
  );
}
