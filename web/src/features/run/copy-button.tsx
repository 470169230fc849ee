"use client";
/** Copies a text and says so. */
import { Button } from "@/ui/button";
import { notify } from "@/ui/notices";
import { useWords } from "@/words/language";
import { WORDS } from "./configuration-words";

export function CopyButton({ text, children }: { text: string; children?: string }) {
  const words = useWords(WORDS);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => notify(words.copied),
      () => notify(words.notCopied, "bad"), // not allowed by the browser
    );
  return <Button onClick={() => void copy()}>{children ?? words.copy}</Button>;
}
