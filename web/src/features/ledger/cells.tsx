"use client";
/** What stands in the cells of ledgers; `metric` is the API's key, by which tests and people find where a figure comes from. */
import type { ReactNode } from "react";
import { exact, signedExact } from "@/format/exact";
import { signedPercent } from "@/format/numbers";
import { Badge } from "@/ui/badge";
import { Change } from "@/ui/change";
import { classes } from "@/ui/classes";
import { useWords } from "@/words/language";
import type { Side } from "./rows";
import { WORDS } from "./words";

export function Told({ metric, children }: { metric: string; children: ReactNode }) {
  return <span data-metric={metric}>{children}</span>;
}

export function Money({ metric, value }: { metric: string; value: number | null }) {
  return <Told metric={metric}>{exact(value)}</Told>;
}

export function Gain({ metric, value }: { metric: string; value: number | null }) {
  return (
    <Told metric={metric}>
      <Change value={value}>{signedExact(value)}</Change>
    </Told>
  );
}

export function Rate({ metric, value }: { metric: string; value: number | null }) {
  return (
    <Told metric={metric}>
      <Change value={value}>{signedPercent(value)}</Change>
    </Told>
  );
}

export function Security({ code, name }: { code: string | null; name: string | undefined }) {
  if (!code) return null;
  return (
    <span className="flex items-baseline gap-2" title={name}>
      <span data-metric="ts_code">{code}</span>
      {name && <span className="truncate text-xs text-ink-soft">{name}</span>}
    </span>
  );
}

/** In words, and in the colour in which the market's terminals show it. */
export function SideShown({ side }: { side: Side }) {
  const words = useWords(WORDS);
  return (
    <span data-metric="side" className={classes("font-medium", side === "buy" ? "text-rise" : "text-fall")}>
      {side === "buy" ? words.buy : words.sell}
    </span>
  );
}

export function Reason({ metric, children, alarming }: { metric: string; children: ReactNode; alarming?: boolean }) {
  return (
    <Told metric={metric}>
      <Badge tone={alarming ? "doubt" : "plain"}>{children}</Badge>
    </Told>
  );
}
