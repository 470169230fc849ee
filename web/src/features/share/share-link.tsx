"use client";
/** A new link in a field that can be copied, by the button or by hand. */
import { useId, useRef, useState } from "react";
import { Button } from "@/ui/button";
import { CONTROL } from "@/ui/field";
import { useWords } from "@/words/language";
import { WORDS } from "./words";

export function ShareLink({ link }: { link: string }) {
  const words = useWords(WORDS);
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState("");
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(link);
      setCopied(link);
    } catch {
      // Without the clipboard's permission the link is selected, and the keyboard copies it.
    }
  };
  return (
    <div className="rounded-md border border-good bg-good-ground p-3">
      <label htmlFor={id} className="mb-1 block text-xs font-medium text-ink-soft">
        {words.link}
      </label>
      <div className="flex flex-wrap gap-2 sm:flex-nowrap">
        <input
          id={id}
          ref={field}
          readOnly
          value={link}
          className={CONTROL}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button look="primary" onClick={() => void copy()}>
          {copied === link ? words.copied : words.copy}
        </Button>
        <a
          href={link}
          target="_blank"
          rel="noreferrer"
          className="inline-flex min-h-9 items-center px-2 whitespace-nowrap"
        >
          {words.open}
        </a>
      </div>
      <p className="mt-2 text-xs text-ink-soft">{words.shownOnce}</p>
      <p role="status" className="sr-only">
        {copied === link ? words.copied : ""}
      </p>
    </div>
  );
}
