"use client";
/** What is suspicious about the run, worst first, each with what to do about it; and the proof that nothing looks ahead. */
import { count } from "@/format/numbers";
import { type Finding, useFindings } from "@/jobs/findings";
import { Badge } from "@/ui/badge";
import { Card } from "@/ui/card";
import { Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { TONES } from "./findings-line";
import { WORDS } from "./findings-words";
import type { PartProps } from "./part-props";

export function FindingsTab({ run }: PartProps) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { data, error, refetch } = useFindings(run);
  if (error) return <Failure error={error} again={() => void refetch()} />;
  if (!data) {
    return (
      <>
        <p role="status" className="mb-3 text-ink-soft">
          {data === null && words.preparing}
        </p>
        <Skeleton className="h-48" />
      </>
    );
  }
  return (
    <div className="grid max-w-4xl grid-cols-1 gap-4">
      <Card title={words.list} actions={<span className="text-ink-soft">{words.checked(count(data.checks))}</span>}>
        {data.findings.length === 0 ? (
          <p className="text-good">{words.nothing}</p>
        ) : (
          <ul className="divide-y divide-line">
            {data.findings.map((finding) => (
              <One key={finding.code} finding={finding} />
            ))}
          </ul>
        )}
      </Card>
      <Card
        title={words.proof}
        actions={
          data.proof && (
            <Badge tone={data.proof.holds ? "good" : "bad"}>{data.proof.holds ? words.holds : words.broken}</Badge>
          )
        }
      >
        <p>{data.proof ? data.proof.text[language] : words.noProof}</p>
      </Card>
    </div>
  );
}

function One({ finding }: { finding: Finding }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  return (
    <li className="py-3 first:pt-0 last:pb-0">
      <h3 className="flex flex-wrap items-center gap-2 font-medium">
        <Badge tone={TONES[finding.severity]}>{words.severities[finding.severity]}</Badge>
        {finding.title[language]}
        <code className="ml-auto font-mono text-xs font-normal text-ink-soft">{finding.code}</code>
      </h3>
      <p className="mt-1 text-ink-soft">{finding.text[language]}</p>
    </li>
  );
}
