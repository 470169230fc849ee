"use client";
/** After a sign-up that waits for its mail. */
import { useMutation } from "@tanstack/react-query";
import { mailAgain } from "@/session/auth";
import { refusal } from "@/session/refusals";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./words";

export function Confirm({ email, onBack }: { email: string; onBack: () => void }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const again = useMutation({ mutationFn: () => mailAgain(email) });
  return (
    <Card>
      <p role="status" className="mb-2">
        {words.confirmText(email)}
      </p>
      <p className="mb-4 text-ink-soft">{words.confirmNone}</p>
      <div className="flex flex-wrap gap-2">
        <Button busy={again.isPending} onClick={() => again.mutate()}>
          {words.again}
        </Button>
        <Button look="quiet" onClick={onBack}>
          {words.back}
        </Button>
      </div>
      {again.isSuccess && (
        <p role="status" className="mt-3 text-good">
          {words.sentAgain}
        </p>
      )}
      {again.error && (
        <p role="alert" className="mt-3 text-bad">
          {refusal(again.error, language)}
        </p>
      )}
    </Card>
  );
}
