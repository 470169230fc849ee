"use client";
/** A button that gives a run away as a read-only link, and takes such links back. */
import { useState } from "react";
import { hasEnded, type Run } from "@/jobs/run";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { useWords } from "@/words/language";
import { NewShare } from "./new-share";
import { ShareList } from "./share-list";
import { WORDS } from "./words";

export function ShareButton({ run }: { run: Run }) {
  const words = useWords(WORDS);
  const [open, setOpen] = useState(false);
  if (!hasEnded(run) || run.status !== "succeeded") return null;
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {words.share}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={words.heading} description={words.about}>
        <NewShare run={run} />
        <ShareList run={run} />
      </Dialog>
    </>
  );
}
