"use client";
/** What can be done with one combination: look at it, run it by itself, go on with its strategy in the editor. */
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { submitted } from "@/jobs/submit";
import { Button, ButtonLink } from "@/ui/button";
import { Failure } from "@/ui/states";
import { useWords } from "@/words/language";
import { WORDS } from "./words";

interface Props {
  backtest: string;
  run: { run_id: string; params: Readonly<Record<string, number>> };
  primary?: boolean;
}

export function RunActions({ backtest, run, primary = false }: Props) {
  const words = useWords(WORDS);
  const router = useRouter();
  const again = useMutation({
    mutationFn: () => submitted(backtest, { mode: "single", params: { ...run.params } }),
    onSuccess: ({ run_ids: [made] }) => made && router.push(`/runs/?id=${made}`),
  });
  return (
    <>
      <Button
        look={primary ? "primary" : "plain"}
        title={words.againHint}
        busy={again.isPending}
        onClick={() => again.mutate()}
      >
        {words.again}
      </Button>
      <ButtonLink href={`/runs/?id=${run.run_id}`}>{words.view}</ButtonLink>
      <ButtonLink href={`/strategies/?run=${run.run_id}`}>{words.edit}</ButtonLink>
      {again.error && (
        <div className="basis-full">
          <Failure error={again.error} again={() => again.mutate()} />
        </div>
      )}
    </>
  );
}
