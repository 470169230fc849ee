/** Pages to read: a narrow column, a heading with a lead, sections that can be linked to. */
import type { ReactNode } from "react";
import { PlaceLink } from "./place-link";

export function Prose({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  return (
    <article className="mx-auto w-full max-w-3xl">
      <h1 className="text-2xl font-semibold">{title}</h1>
      {lead && <p className="mt-2 text-base text-ink-soft">{lead}</p>}
      <div className="mt-6 grid gap-6">{children}</div>
    </article>
  );
}

export function Section({ id, title, children }: { id?: string; title: ReactNode; children: ReactNode }) {
  return (
    <section id={id} className="scroll-mt-16">
      <h2 className="mb-2 text-lg font-semibold">{title}</h2>
      <div className="grid gap-2 leading-relaxed">{children}</div>
    </section>
  );
}

/** A link within a sentence. */
export function InText({ href, children }: { href: string; children: ReactNode }) {
  return (
    <PlaceLink href={href} className="underline underline-offset-2">
      {children}
    </PlaceLink>
  );
}
