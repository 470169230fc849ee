"use client";
/** The page's title in the page's language. Pages are built in Chinese; whatever is written into the head later is put right again. */
import { useEffect } from "react";

const SITE = "量湖 LiangHu";
let general = "";
const particular: string[] = [];
let watching = false;

function apply(): void {
  const title = particular.at(-1) ?? general;
  const wanted = title ? `${title} · ${SITE}` : SITE;
  if (document.title !== wanted) document.title = wanted;
  watch();
}

function watch(): void {
  if (watching) return;
  watching = true;
  new MutationObserver(apply).observe(document.head, { childList: true, subtree: true, characterData: true });
}

/** Of the address; one for the whole site, in the shell. */
export function useGeneralTitle(title: string): void {
  useEffect(() => {
    general = title;
    apply();
  }, [title]);
}

/** Of what a page shows (a strategy's name, say), as long as it shows it; empty: not known yet. */
export function useTitle(title: string): void {
  useEffect(() => {
    if (!title) return;
    particular.push(title);
    apply();
    return () => {
      particular.splice(particular.lastIndexOf(title), 1);
      apply();
    };
  }, [title]);
}
