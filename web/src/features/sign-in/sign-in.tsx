"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { type FormEvent, useEffect, useState } from "react";
import { signIn, signUp } from "@/session/auth";
import { config } from "@/session/config";
import { useSession } from "@/session/use-session";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Input } from "@/ui/field";
import { Failure } from "@/ui/states";
import { useWords, type Words } from "@/words/language";

interface SignInWords {
  title: string;
  newTitle: string;
  email: string;
  password: string;
  least: string;
  enter: string;
  make: string;
  toNew: string;
  toOld: string;
  demo: string;
  demoText: string;
  confirm: string;
}

const WORDS: Words<SignInWords> = {
  zh: {
    title: "登录",
    newTitle: "注册",
    email: "邮箱",
    password: "密码",
    least: "至少 8 个字符",
    enter: "登录",
    make: "注册",
    toNew: "还没有账户？注册",
    toOld: "已有账户？登录",
    demo: "一键进入演示账户",
    demoText: "不用注册，直接用样本市场试一遍。",
    confirm: "确认邮件已经发出，点开里面的链接就能登录。",
  },
  en: {
    title: "Sign in",
    newTitle: "Sign up",
    email: "Email",
    password: "Password",
    least: "8 characters at least",
    enter: "Sign in",
    make: "Sign up",
    toNew: "No account yet? Sign up",
    toOld: "Have an account? Sign in",
    demo: "Use the demo account",
    demoText: "No sign-up: try everything on the sample market.",
    confirm: "A mail is on its way; its link signs you in.",
  },
};

/** Where somebody wanted to go; only places of this site. */
export function wanted(next: string | null): string {
  return next?.startsWith("/") && !next.startsWith("//") && !next.startsWith("/\\") ? next : "/templates/";
}

export function SignIn() {
  const words = useWords(WORDS);
  const router = useRouter();
  const next = wanted(useSearchParams().get("next"));
  const session = useSession();
  const installed = useQuery({ queryKey: ["config"], queryFn: config, staleTime: Number.POSITIVE_INFINITY });
  const [isNew, setNew] = useState(false);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState("");
  const [told, setTold] = useState("");
  const [busy, setBusy] = useState<"form" | "demo" | null>(null);

  useEffect(() => {
    if (session.status === "in") router.replace(next);
  }, [session.status, next, router]);

  async function attempt(which: "form" | "demo", action: () => Promise<unknown>): Promise<void> {
    setBusy(which);
    setProblem("");
    try {
      await action();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(null);
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    void attempt("form", async () => {
      if (!isNew) return signIn(email, password);
      if ((await signUp(email, password)) === "confirm") setTold(words.confirm);
    });
  }

  const demo = installed.data?.demo;
  if (installed.error) return <Failure error={installed.error} again={() => void installed.refetch()} />;
  return (
    <div className="mx-auto grid max-w-sm gap-4 pt-6">
      <h1 className="text-2xl font-semibold">{isNew ? words.newTitle : words.title}</h1>
      {demo && (
        <Card>
          <p className="mb-3">{words.demoText}</p>
          <Button
            look="primary"
            className="w-full"
            busy={busy === "demo"}
            onClick={() => void attempt("demo", () => signIn(demo.email, demo.password))}
          >
            {words.demo}
          </Button>
        </Card>
      )}
      <Card>
        <form onSubmit={submit} className="grid gap-3">
          <Input
            label={words.email}
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          <Input
            label={words.password}
            type="password"
            autoComplete={isNew ? "new-password" : "current-password"}
            required
            minLength={isNew ? 8 : undefined}
            hint={isNew ? words.least : undefined}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            problem={problem}
          />
          {told && <p role="status">{told}</p>}
          <Button type="submit" look={demo ? "plain" : "primary"} busy={busy === "form"}>
            {isNew ? words.make : words.enter}
          </Button>
        </form>
      </Card>
      {installed.data?.signUp && (
        <Button look="quiet" onClick={() => setNew(!isNew)}>
          {isNew ? words.toOld : words.toNew}
        </Button>
      )}
    </div>
  );
}
