"use client";
/** The way in: the demo with one click, one's own account, a new one. */
import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import { counted } from "@/api/counted";
import { wanted } from "@/session/next";
import { useSession } from "@/session/use-session";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Failure } from "@/ui/states";
import { useWords } from "@/words/language";
import { AccountForm } from "./account-form";
import { Confirm } from "./confirm";
import { DemoButton, useInstalled } from "./demo-button";
import { WORDS } from "./words";

export function SignIn() {
  const words = useWords(WORDS);
  const router = useRouter();
  const asked = useSearchParams();
  const next = wanted(asked.get("next"));
  const session = useSession();
  const installed = useInstalled();
  const [isNew, setNew] = useState(asked.has("new"));
  const [email, setEmail] = useState("");
  const [confirming, setConfirming] = useState(false);
  const may = installed.data;
  const making = isNew && may?.signUp !== false;

  useEffect(() => {
    if (session.status === "in") router.replace(next);
  }, [session.status, next, router]);

  useEffect(() => {
    if (making) counted("sign_up_opened");
  }, [making]);

  if (installed.error) return <Failure error={installed.error} again={() => void installed.refetch()} />;
  const title = confirming ? words.confirmTitle : making ? words.newTitle : words.title;
  return (
    <div className="mx-auto grid w-full max-w-sm gap-4 pt-6 sm:pt-12">
      <h1 className="text-2xl font-semibold">{title}</h1>
      {confirming ? (
        <Confirm
          email={email.trim()}
          onBack={() => {
            setConfirming(false);
            setNew(false);
          }}
        />
      ) : (
        <>
          {may?.demo && (
            <Card>
              <p className="mb-3">{words.demoText}</p>
              <DemoButton className="w-full" />
            </Card>
          )}
          {may?.demo && <p className="text-center text-xs text-ink-soft">{words.or}</p>}
          <Card>
            <AccountForm
              key={making ? "new" : "old"}
              isNew={making}
              email={email}
              onEmail={setEmail}
              onConfirm={() => setConfirming(true)}
              first={may !== undefined && !may.demo}
            />
          </Card>
          {may?.signUp && (
            <Button look="quiet" onClick={() => setNew(!isNew)}>
              {isNew ? words.toOld : words.toNew}
            </Button>
          )}
        </>
      )}
    </div>
  );
}
