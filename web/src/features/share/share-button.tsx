"use client";
/** A button that gives a run away as a read-only link, and takes such links back. */
import { useState } from "react";
import { hasEnded, type Run, useBacktest } from "@/jobs/run";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { useWords } from "@/words/language";
import { NewShare } from "./new-share";
import { ShareList } from "./share-list";
import { useNewShare, type Wanted } from "./shares";
import { WORDS } from "./words";

const FIRST_WISH: Wanted = { title: "", days: 30, include: ["trades"] };

export function ShareButton({ run }: { run: Run }) {
  const words = useWords(WORDS);
  const [open, setOpen] = useState(false);
  // Here, not in the dialog: a link is told only once, and must not be gone because the dialog was closed.
  const [wish, setWish] = useState(FIRST_WISH);
  const made = useNewShare(run.run_id);
  const strategy = useBacktest(open ? run.backtest_id : undefined).data?.strategy.name ?? "";
  if (!hasEnded(run) || run.status !== "succeeded") return null;
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {words.share}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={words.heading} description={words.about}>
        <NewShare wish={wish} onWish={setWish} made={made} strategy={strategy} />
        <ShareList run={run} strategy={strategy} />
      </Dialog>
    </>
  );
}
