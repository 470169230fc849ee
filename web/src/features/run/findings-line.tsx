"use client";
/** In one line, whether there is reason to doubt a result; the tab of findings tells all. */
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { count } from "@/format/numbers";
import { type Severity, useFindings } from "@/jobs/findings";
import type { Run } from "@/jobs/run";
import { Badge, type Tone } from "@/ui/badge";
import { useWords } from "@/words/language";
import { WORDS } from "./findings-words";
import { addressWith } from "./tabs";

export const TONES: Record<Severity, Tone> = { serious: "bad", warning: "doubt", info: "plain" };
const SEVERITIES = ["serious", "warning", "info"] as const;

export function FindingsLine({ run }: { run: Run }) {
  const words = useWords(WORDS);
  const asked = useSearchParams();
  const { data } = useFindings(run);
  if (!data) return null;
  const counts = SEVERITIES.map((severity) => ({
    severity,
    number: data.findings.filter((each) => each.severity === severity).length,
  })).filter(({ number }) => number > 0);
  return (
    <p className="flex flex-wrap items-center gap-2 rounded-lg border border-line bg-surface px-4 py-2">
      {counts.map(({ severity, number }) => (
        <Badge key={severity} tone={TONES[severity]}>
          {words.counted(severity, count(number))}
        </Badge>
      ))}
      {counts.length === 0 && <Badge tone="good">{words.nothing}</Badge>}
      {data.proof && (
        <Badge tone={data.proof.holds ? "good" : "bad"}>
          {words.proof} {data.proof.holds ? words.holds : words.broken}
        </Badge>
      )}
      <span className="text-ink-soft">{words.checked(count(data.checks))}</span>
      <Link href={addressWith(asked.toString(), "findings")} scroll={false} replace className="ml-auto">
        {words.all}
      </Link>
    </p>
  );
}
