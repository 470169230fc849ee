"use client";
/** A new password, and the end of sessions here or elsewhere. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { LEAST_CHARACTERS, Password } from "@/features/sign-in/password";
import { changePassword, linkMeans, signOut, signOutElsewhere } from "@/session/auth";
import { refusal } from "@/session/refusals";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./words";

export function Safety({ shared }: { shared: boolean }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const elsewhere = useMutation({ mutationFn: signOutElsewhere });
  return (
    <Card title={words.safety}>
      {shared ? <p className="text-ink-soft">{words.demoPassword}</p> : <NewPassword />}
      <div className="mt-4 flex flex-wrap gap-2 border-t border-line pt-4">
        {!shared && (
          <Button busy={elsewhere.isPending} onClick={() => elsewhere.mutate()}>
            {words.elsewhere}
          </Button>
        )}
        <Button onClick={() => void signOut().then(() => window.location.assign("/"))}>{words.signOut}</Button>
      </div>
      {!shared && <p className="mt-2 text-xs text-ink-soft">{words.elsewhereText}</p>}
      {elsewhere.isSuccess && (
        <p role="status" className="mt-2 text-good">
          {words.elsewhereDone}
        </p>
      )}
      {elsewhere.error && (
        <p role="alert" className="mt-2 text-bad">
          {refusal(elsewhere.error, language)}
        </p>
      )}
    </Card>
  );
}

function NewPassword() {
  const words = useWords(WORDS);
  const language = useLanguage();
  const [password, setPassword] = useState("");
  const [short, setShort] = useState(false);
  const [asked] = useState(linkMeans() === "password");
  const change = useMutation({ mutationFn: () => changePassword(password), onSuccess: () => setPassword("") });

  function submit(event: FormEvent): void {
    event.preventDefault();
    const tooShort = password.length < LEAST_CHARACTERS;
    setShort(tooShort);
    change.reset();
    if (!tooShort) change.mutate();
  }

  return (
    <form onSubmit={submit} className="grid gap-3" noValidate>
      {asked && !change.isSuccess && (
        <p className="rounded-md bg-doubt-ground p-3 text-doubt">{words.choosePassword}</p>
      )}
      <Password
        label={words.newPassword}
        autoComplete="new-password"
        hint={words.newPasswordHint}
        value={password}
        onChange={setPassword}
        problem={short ? words.tooShort : change.error && refusal(change.error, language)}
      />
      <div>
        <Button type="submit" look={asked ? "primary" : "plain"} busy={change.isPending}>
          {words.change}
        </Button>
      </div>
      {change.isSuccess && (
        <p role="status" className="text-good">
          {words.changed}
        </p>
      )}
    </form>
  );
}
