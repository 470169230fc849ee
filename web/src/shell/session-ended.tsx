"use client";
/** The token is taken no more: signing in again happens above the page, which keeps what was typed. */
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { signIn, signOut } from "@/session/auth";
import { useSession } from "@/session/use-session";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Input } from "@/ui/field";
import { useWords } from "@/words/language";
import { WORDS } from "./words";

export function SessionEnded() {
  const words = useWords(WORDS);
  const session = useSession();
  const queries = useQueryClient();
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  if (session.status !== "ended") return null;

  async function again(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (session.status !== "ended") return;
    setBusy(true);
    try {
      await signIn(session.email, password);
      setPassword("");
      setProblem("");
      await queries.invalidateQueries();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog open onOpenChange={() => undefined} title={words.endedTitle} description={words.endedText}>
      <form onSubmit={again} className="grid gap-3">
        <Input label="Email" value={session.email} readOnly autoComplete="username" />
        <Input
          label={words.password}
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          problem={problem}
          required
        />
        <div className="flex gap-2">
          <Button type="submit" look="primary" busy={busy}>
            {words.signIn}
          </Button>
          <Button onClick={() => void signOut()}>{words.other}</Button>
        </div>
      </form>
    </Dialog>
  );
}
