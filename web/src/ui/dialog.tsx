"use client";
/** Something above the page that has to be looked at first; afterwards the keyboard is where it was. */
import * as Radix from "@radix-ui/react-dialog";
import { type ReactNode, useRef } from "react";
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
  const opener = useRef<Element | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Radix.Content
          aria-describedby={description ? undefined : ""}
          onOpenAutoFocus={() => {
            opener.current = document.activeElement;
          }}
          // Nothing of the page is Radix's own trigger, to which it would go back by itself.
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            const before = opener.current;
            const back = before?.isConnected && before !== document.body ? before : document.getElementById("content");
            if (back instanceof HTMLElement) back.focus({ preventScroll: true });
          }}
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
