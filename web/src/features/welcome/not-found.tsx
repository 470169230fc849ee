"use client";
/** An address that leads nowhere. */
import { ButtonLink } from "@/ui/button";
import { Empty } from "@/ui/states";
import { useWords, type Words } from "@/words/language";

const WORDS: Words<{ title: string; text: string; home: string; templates: string }> = {
  zh: { title: "没有这个页面", text: "地址可能写错了，或者页面已经搬走。", home: "回到首页", templates: "策略模板" },
  en: {
    title: "There is no such page",
    text: "The address may be mistyped, or the page has moved.",
    home: "To the first page",
    templates: "Strategy templates",
  },
};

export function NotFound() {
  const words = useWords(WORDS);
  return (
    <>
      <h1 className="mb-4 text-2xl font-semibold">404</h1>
      <Empty title={words.title}>
        <p className="mb-4">{words.text}</p>
        <div className="flex flex-wrap justify-center gap-2">
          <ButtonLink look="primary" href="/">
            {words.home}
          </ButtonLink>
          <ButtonLink href="/templates/">{words.templates}</ButtonLink>
        </div>
      </Empty>
    </>
  );
}
