"use client";
/** E-mail and password, of an account that is there or of one that is being made. */
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { mailLink, signIn, signUp } from "@/session/auth";
import { codeOf, refusal } from "@/session/refusals";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { useLanguage, useWords } from "@/words/language";
import { LEAST_CHARACTERS, Password } from "./password";
import { WORDS } from "./words";

interface Props {
  isNew: boolean;
  email: string;
  onEmail: (email: string) => void;
  /** The address has to be confirmed before it signs in. */
  onConfirm: () => void;
  /** The most important thing to do on the page. */
  first: boolean;
}

const EMAIL = /^\S+@\S+\.\S+$/;

export function AccountForm({ isNew, email, onEmail, onConfirm, first }: Props) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState<"email" | "password" | null>(null);
  const enter = useMutation({
    mutationFn: async () => (isNew ? signUp(email, password) : signIn(email, password)),
    onSuccess: (done) => done === "confirm" && onConfirm(),
  });
  const link = useMutation({ mutationFn: () => mailLink(email) });

  function fits(): boolean {
    const found = !EMAIL.test(email.trim()) ? "email" : isNew && password.length < LEAST_CHARACTERS ? "password" : null;
    setWrong(found);
    enter.reset();
    link.reset();
    return found === null;
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (fits()) enter.mutate();
  }

  function forgotten(): void {
    enter.reset();
    const known = EMAIL.test(email.trim());
    setWrong(known ? null : "email");
    if (known) link.mutate();
  }

  const refused = enter.error ?? link.error;
  return (
    <form onSubmit={submit} className="grid gap-3" noValidate>
      <Input
        label={words.email}
        type="email"
        autoComplete="username"
        value={email}
        onChange={(event) => onEmail(event.target.value)}
        problem={wrong === "email" && words.noEmail}
      />
      <Password
        label={words.password}
        autoComplete={isNew ? "new-password" : "current-password"}
        hint={isNew ? words.least : undefined}
        value={password}
        onChange={setPassword}
        problem={wrong === "password" && words.tooShort}
      />
      {refused && (
        <p role="alert" className="text-bad">
          {refusal(refused, language)}{" "}
          {codeOf(refused) === "email_not_confirmed" && (
            <button type="button" className="underline" onClick={onConfirm}>
              {words.again}
            </button>
          )}
        </p>
      )}
      {link.isSuccess && <p role="status">{words.linkSent(email.trim())}</p>}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look={first ? "primary" : "plain"} busy={enter.isPending}>
          {isNew ? words.make : words.enter}
        </Button>
        {!isNew && (
          <Button look="quiet" className="ml-auto" busy={link.isPending} onClick={forgotten}>
            {words.forgotten}
          </Button>
        )}
      </div>
      {isNew && (
        <p className="text-xs text-ink-soft">
          {words.terms}{" "}
          <Link href="/about/" className="underline">
            {words.about}
          </Link>
        </p>
      )}
    </form>
  );
}
