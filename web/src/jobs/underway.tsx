"use client";
/** How far a job is, how long it will still take, and a button that ends it: the same for a run and a grid. */
import { useMutation } from "@tanstack/react-query";
import { duration } from "@/format/numbers";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Progress } from "@/ui/progress";
import { Failure } from "@/ui/states";
import { useLanguage, useWords, type Words } from "@/words/language";

interface Said {
  left: (time: string) => string;
  cancel: string;
  cancelling: string;
  keeps: string;
}

const WORDS: Words<Said> = {
  zh: {
    left: (time) => `大约还要 ${time}`,
    cancel: "取消",
    cancelling: "正在取消…",
    keeps: "可以关掉这个页面，任务会继续；之后从“历史”回来。",
  },
  en: {
    left: (time) => `about ${time} left`,
    cancel: "Cancel",
    cancelling: "Being cancelled…",
    keeps: "This page may be closed: the job goes on, and History leads back to it.",
  },
};

interface Props {
  label: string;
  /** 0 to 100; null: not begun. */
  progress: number | null;
  etaSeconds: number | null;
  cancel: () => Promise<unknown>;
  /** In words, how far: "12 of 36". */
  children?: string | undefined;
}

export function Underway({ label, progress, etaSeconds, cancel, children }: Props) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const asked = useMutation({ mutationFn: cancel });
  const parts = [children, etaSeconds !== null && words.left(duration(etaSeconds, language))].filter(Boolean);
  return (
    <Card>
      <Progress value={progress} label={label}>
        {[label, ...parts].join(" · ")}
      </Progress>
      <div className="mt-3 flex flex-wrap items-center gap-3">
        <Button
          look="danger"
          busy={asked.isPending}
          disabled={asked.isPending || asked.isSuccess}
          onClick={() => asked.mutate()}
        >
          {asked.isSuccess ? words.cancelling : words.cancel}
        </Button>
        <p className="text-xs text-ink-soft">{words.keeps}</p>
      </div>
      {asked.error && (
        <div className="mt-3">
          <Failure error={asked.error} />
        </div>
      )}
    </Card>
  );
}
