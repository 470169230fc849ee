"use client";
import * as Radix from "@radix-ui/react-dialog";
import type { ReactNode } from "react";
import { useWords, type Words } from "@/words/language";

const WORDS: Words<{ close: string }> = { zh: { close: "关闭" }, en: { close: "Close" } };

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  /** Whether it has a cross to close it; a dialog that waits for an answer has none. */
  closable?: boolean;
  children: ReactNode;
}

export function Dialog({ open, onOpenChange, title, description, closable = true, children }: Props) {
  const words = useWords(WORDS);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Radix.Content
          aria-describedby={description ? undefined : ""}
          className="fixed top-1/2 left-1/2 z-50 max-h-[85vh] w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 overflow-auto rounded-lg border border-line bg-raised p-5 shadow-xl"
        >
          <Radix.Title className="pr-8 text-lg font-semibold">{title}</Radix.Title>
          {description && <Radix.Description className="mt-1 text-ink-soft">{description}</Radix.Description>}
          <div className="mt-4">{children}</div>
          {closable && (
            <Radix.Close
              aria-label={words.close}
              className="absolute top-3 right-3 grid size-9 place-items-center rounded-md text-lg hover:bg-accent-ground"
            >
              ✕
            </Radix.Close>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
