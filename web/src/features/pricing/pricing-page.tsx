"use client";
/** Two plans side by side; nothing can be bought, an intent is counted and nothing else. */
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect } from "react";
import { counted } from "@/api/counted";
import { useMe } from "@/features/account/me";
import { Usage } from "@/features/account/usage";
import { useSession } from "@/session/use-session";
import { Badge } from "@/ui/badge";
import { Button, ButtonLink } from "@/ui/button";
import { classes } from "@/ui/classes";
import { useWords } from "@/words/language";
import { intended } from "./intent";
import { type Plan, WORDS } from "./words";

export function PricingPage() {
  const words = useWords(WORDS);
  const signedIn = useSession().status === "in";
  const me = useMe(signedIn);
  useEffect(() => counted("pricing_viewed"), []);
  return (
    <div className="mx-auto w-full max-w-4xl">
      <h1 className="text-2xl font-semibold">{words.title}</h1>
      <p className="mt-1 mb-5 text-ink-soft">{words.lead}</p>
      <div className="grid gap-4 md:grid-cols-2">
        <PlanCard plan="free" own={me.data?.plan === "free"}>
          <ButtonLink
            look={signedIn ? "plain" : "primary"}
            href={signedIn ? "/templates/" : "/sign-in/?new"}
            prefetch={false}
            onClick={() => counted("pricing_clicked", "free")}
          >
            {words.start}
          </ButtonLink>
        </PlanCard>
        <PlanCard plan="pro" own={me.data?.plan === "pro"}>
          <Intent />
        </PlanCard>
      </div>
      {signedIn && me.data && (
        <div className="mt-4">
          <Usage me={me.data} />
        </div>
      )}
      <ul className="mt-5 list-disc space-y-1 pl-5 text-xs text-ink-soft">
        {words.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
        {signedIn && (
          <li>
            <Link href="/account/" prefetch={false} className="underline">
              {words.seeUse}
            </Link>
          </li>
        )}
      </ul>
    </div>
  );
}

function PlanCard({ plan, own, children }: { plan: Plan; own: boolean; children: React.ReactNode }) {
  const words = useWords(WORDS);
  const { name, price, text, has } = words.plans[plan];
  return (
    <section
      aria-label={name}
      className={classes("flex flex-col rounded-lg border bg-surface p-5", own ? "border-accent" : "border-line")}
    >
      <h2 className="flex items-center gap-2 text-lg font-semibold">
        {name}
        {own && <Badge tone="accent">{words.yours}</Badge>}
      </h2>
      <p className="mt-1 text-xl font-semibold">{price}</p>
      <p className="mt-1 text-ink-soft">{text}</p>
      <ul className="my-4 list-disc space-y-1.5 pl-5">
        {has.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      <div className="mt-auto">{children}</div>
    </section>
  );
}

function Intent() {
  const words = useWords(WORDS);
  const intent = useMutation({ mutationFn: () => intended("pro") });
  if (intent.isSuccess) {
    return (
      <div role="status">
        <p className="font-medium text-good">{words.noted}</p>
        <p className="mt-1 text-xs text-ink-soft">{words.notedText}</p>
      </div>
    );
  }
  return (
    <>
      <Button busy={intent.isPending} onClick={() => intent.mutate()}>
        {words.subscribe}
      </Button>
      {intent.error && (
        <p role="alert" className="mt-2 text-bad">
          {words.failed}
        </p>
      )}
    </>
  );
}
