"use client";
/** Copies a text and says so. */
import { Button } from "@/ui/button";
import { notify } from "@/ui/notices";
import { useWords } from "@/words/language";
import { WORDS } from "./configuration-words";

interface Props {
  text: string;
  /** Without words of its own it stands beside what it copies. */
  children?: string;
}

export function CopyButton({ text, children }: Props) {
  const words = useWords(WORDS);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => notify(words.copied),
      () => notify(words.notCopied, "bad"), // not allowed by the browser
    );
  return (
    <Button look={children ? "plain" : "quiet"} className={children ? "" : "px-2 text-xs"} onClick={() => void copy()}>
      {children ?? words.copy}
    </Button>
  );
}
