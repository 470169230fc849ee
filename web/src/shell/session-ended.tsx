"use client";
/** The token is taken no more: signing in again happens above the page, which keeps what was typed, and as whoever was at it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { signIn, signOut } from "@/session/auth";
import { config } from "@/session/config";
import { refusal } from "@/session/refusals";
import { useSession } from "@/session/use-session";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Input } from "@/ui/field";
import { useLanguage, useWords } from "@/words/language";
import { ENDED } from "./words";

export function SessionEnded() {
  const session = useSession();
  if (session.status !== "ended") return null;
  return <Again email={session.email} other={session.other} />;
}

function Again({ email, other }: { email: string; other: string | undefined }) {
  const words = useWords(ENDED);
  const language = useLanguage();
  const queries = useQueryClient();
  const [password, setPassword] = useState("");
  const installed = useQuery({ queryKey: ["config"], queryFn: config, staleTime: Number.POSITIVE_INFINITY });
  const demo = installed.data?.demo?.email === email ? installed.data.demo : null;
  const enter = useMutation({
    mutationFn: () => signIn(email, demo ? demo.password : password),
    onSuccess: () => queries.invalidateQueries(),
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    enter.mutate();
  }

  const problem = enter.error && refusal(enter.error, language);
  return (
    <Dialog
      open
      onOpenChange={() => undefined}
      closable={false}
      title={words.title}
      description={other ? words.otherText(other) : words.text}
    >
      <form onSubmit={submit} className="grid gap-3">
        {demo ? (
          <p>{words.demoText}</p>
        ) : (
          <>
            <Input label={words.email} type="email" value={email} readOnly tabIndex={-1} autoComplete="username" />
            <Input
              label={words.password}
              type="password"
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              problem={problem}
              required
            />
          </>
        )}
        {demo && problem && (
          <p role="alert" className="text-bad">
            {problem}
          </p>
        )}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="primary" busy={enter.isPending}>
            {demo ? words.demo : words.signIn}
          </Button>
          {other ? (
            <Button onClick={() => window.location.assign("/")}>{words.goOn(other)}</Button>
          ) : (
            <Button onClick={() => void signOut().then(() => window.location.assign("/sign-in/"))}>
              {words.leave}
            </Button>
          )}
        </div>
        <p className="text-xs text-ink-soft">{words.leaveHint}</p>
      </form>
    </Dialog>
  );
}
