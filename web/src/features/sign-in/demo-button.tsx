"use client";
/** Into the account that is there to look around in; nothing where an installation has none. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { counted } from "@/api/counted";
import { signIn } from "@/session/auth";
import { config } from "@/session/config";
import { refusal } from "@/session/refusals";
import { Button } from "@/ui/button";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./words";

export const useInstalled = () =>
  useQuery({ queryKey: ["config"], queryFn: config, staleTime: Number.POSITIVE_INFINITY });

export function DemoButton({ className, onDone }: { className?: string; onDone?: () => void }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const demo = useInstalled().data?.demo;
  const enter = useMutation({
    mutationFn: async () => {
      if (!demo) return;
      counted("demo_opened");
      await signIn(demo.email, demo.password);
    },
    onSuccess: onDone,
  });
  if (!demo) return null;
  return (
    <>
      <Button look="primary" className={className} busy={enter.isPending} onClick={() => enter.mutate()}>
        {words.demo}
      </Button>
      {enter.error && (
        <p role="alert" className="mt-2 text-bad">
          {refusal(enter.error, language)}
        </p>
      )}
    </>
  );
}
