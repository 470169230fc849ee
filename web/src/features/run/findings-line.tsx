"use client";
/** In one line, whether there is reason to doubt a result; the tab of findings tells all. */
import { count } from "@/format/numbers";
import { type Severity, useFindings } from "@/jobs/findings";
import type { Run } from "@/jobs/run";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { useWords } from "@/words/language";
import { WORDS } from "./findings-words";
import { openAt } from "./tabs";

export const TONES: Record<Severity, Tone> = { serious: "bad", warning: "doubt", info: "plain" };
const SEVERITIES = ["serious", "warning", "info"] as const;

export function FindingsLine({ run }: { run: Run }) {
  const words = useWords(WORDS);
  const { data } = useFindings(run);
  if (!data) return null;
  const counts = SEVERITIES.map((severity) => ({
    severity,
    number: data.findings.filter((each) => each.severity === severity).length,
  })).filter(({ number }) => number > 0);
  return (
    <p className="flex flex-wrap items-center gap-2 rounded-lg border border-line bg-surface px-4 py-1.5">
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
      <Button className="ml-auto" onClick={() => openAt("findings")}>
        {words.all}
      </Button>
    </p>
  );
}
