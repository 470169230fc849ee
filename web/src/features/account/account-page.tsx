"use client";
/** Who is signed in, what of the plan is used, how the page looks, keys for programs, and the way out. */
import Link from "next/link";
import { useInstalled } from "@/features/sign-in/demo-button";
import { Badge } from "@/ui/badge";
import { ButtonLink } from "@/ui/button";
import { Card } from "@/ui/card";
import { Failure, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { KeysCard } from "./keys-card";
import { LooksCard } from "./looks";
import { announcements, type Me, useMe } from "./me";
import { Safety } from "./safety";
import { Usage } from "./usage";
import { WORDS } from "./words";

export function AccountPage() {
  const words = useWords(WORDS);
  const me = useMe();
  const demo = useInstalled().data?.demo;
  const shared = me.data !== undefined && me.data.email === demo?.email;
  return (
    <>
      <h1 className="mb-4 text-2xl font-semibold">{words.title}</h1>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-2">
        {me.error && <Failure error={me.error} again={() => void me.refetch()} />}
        {me.isPending && <Skeleton className="h-48" />}
        {me.data && (
          <div className="grid gap-4">
            <Who me={me.data} shared={shared} />
            <Usage me={me.data} />
          </div>
        )}
        <div className="grid gap-4">
          <LooksCard />
          {me.data && <Safety shared={shared || me.data.read_only} />}
        </div>
        <div className="min-w-0 lg:col-span-2">
          <KeysCard />
        </div>
      </div>
      <p className="mt-4 text-xs text-ink-soft">
        {words.deletion}{" "}
        <Link href="/feedback/" className="underline">
          {words.feedback}
        </Link>
      </p>
    </>
  );
}

function Who({ me, shared }: { me: Me; shared: boolean }) {
  const words = useWords(WORDS);
  return (
    <Card
      title={words.who}
      actions={
        <ButtonLink href="/pricing/" prefetch={false}>
          {words.pricing}
        </ButtonLink>
      }
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2">
        <dt className="text-ink-soft">{words.email}</dt>
        <dd className="min-w-0 break-words">{me.email ?? "–"}</dd>
        <dt className="text-ink-soft">{words.plan}</dt>
        <dd>
          <Badge tone="accent">{words.plans[me.plan] ?? me.plan}</Badge>
        </dd>
        <dt className="text-ink-soft">{words.since}</dt>
        <dd>{me.first_seen}</dd>
      </dl>
      {shared && <p className="mt-3 rounded-md bg-doubt-ground p-3 text-doubt">{words.demo}</p>}
      {me.read_only && <p className="mt-3 rounded-md bg-doubt-ground p-3 text-doubt">{words.readOnly}</p>}
      {announcements(me).map((notice) => (
        <p key={notice} className="mt-3 rounded-md bg-accent-ground p-3 text-accent-strong">
          {notice}
        </p>
      ))}
    </Card>
  );
}
