"use client";
/** The text of a strategy with its tools, and below it everything that the API says of it. */
import { useMutation, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { api, bodyOf } from "@/api/client";
import type { Problem } from "@/api/errors";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { notify } from "@/ui/notices";
import { Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { formatted } from "./formatting";
import type { Judgement } from "./judgement";
import { ProblemList } from "./problem-list";
import type { Sorted } from "./problems";
import type { Saving } from "./saving";
import { WORDS } from "./words";

const Editor = dynamic(() => import("./editor").then((module) => module.Editor), {
  ssr: false,
  loading: () => <Skeleton className="h-full min-h-80" />,
});

interface Props {
  code: string;
  judged: Judgement;
  problems: Sorted;
  saving: Saving;
  target: { line: number; column: number; asked: number } | null;
  onChange: (code: string) => void;
  onPlace: (line: number, column?: number) => void;
}

export function TextCard({ code, judged, problems, saving, target, onChange, onPlace }: Props) {
  const words = useWords(WORDS);
  const tongue = useLanguage();
  const catalogue = useQuery({
    queryKey: ["catalogue"],
    queryFn: () => bodyOf(api.GET("/api/functions")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const format = useMutation({
    mutationFn: async () => {
      const text = formatted(code, catalogue.data?.sections ?? []);
      if (text === code) return null;
      const { identity } = await bodyOf(api.POST("/api/strategies:validate", { body: { code: text } }));
      return identity !== null && identity === judged.identity ? text : code;
    },
    onSuccess: (text) => {
      if (text === null || text === code) return notify(words.formatNothing);
      onChange(text);
      notify(words.formatted);
    },
  });
  const open = (problem: Problem) => onPlace(problem.line ?? 1, problem.column ?? 1);
  const right = judged.identity !== null;
  return (
    <Card
      title={words.editor}
      actions={
        <>
          <Verdict judged={judged} problems={problems} />
          <Button
            busy={format.isPending}
            disabled={!judged.settled || !right}
            title={right ? undefined : words.formatWrong}
            onClick={() => format.mutate()}
          >
            {words.format}
          </Button>
          {saving.own && <Button onClick={() => saving.setNaming(true)}>{words.saveAs}</Button>}
          <Button busy={saving.busy} disabled={saving.own !== null && !saving.dirty} onClick={saving.save}>
            {words.save}
          </Button>
        </>
      }
      className="flex min-w-0 flex-col"
    >
      <div className="h-[min(36rem,70dvh)]">
        <Editor
          label={words.editor}
          value={code}
          problems={problems.text}
          warnings={judged.warnings}
          catalogue={catalogue.data}
          tongue={tongue}
          target={target}
          onChange={onChange}
        />
      </div>
      <p className="mt-1 text-xs text-ink-soft pointer-coarse:hidden">{words.keys}</p>
      <div className="max-h-56 overflow-auto empty:hidden">
        <ProblemList problems={problems.text} label={words.problems(problems.text.length)} onOpen={open} />
        <ProblemList
          problems={judged.warnings}
          tone="doubt"
          label={words.warnings(judged.warnings.length)}
          onOpen={open}
        />
      </div>
      {judged.error !== null && judged.error !== undefined && (
        <div className="mt-2">
          <Failure error={judged.error} again={judged.again} />
        </div>
      )}
      {(saving.error || format.error) && (
        <div className="mt-2">
          <Failure error={saving.error ?? format.error} />
        </div>
      )}
    </Card>
  );
}

function Verdict({ judged, problems }: { judged: Judgement; problems: Sorted }) {
  const words = useWords(WORDS);
  const wrong = problems.text.length + problems.general.length; // a field's stand below the field
  return (
    <span role="status" className="flex gap-2">
      {judged.settled ? (
        <Badge tone={wrong ? "bad" : "good"}>{wrong ? words.problems(wrong) : words.fine}</Badge>
      ) : (
        <Badge>{words.asking}</Badge>
      )}
      {judged.warnings.length > 0 && <Badge tone="doubt">{words.warnings(judged.warnings.length)}</Badge>}
    </span>
  );
}
