"use client";
/** Everything that decides the numbers of the run, and the names by content that prove it was this. */
import Link from "next/link";
import type { ReactNode } from "react";
import { duration, large, moment } from "@/format/numbers";
import type { Backtest, Run } from "@/jobs/run";
import { Card } from "@/ui/card";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./configuration-words";
import { CopyButton } from "./copy-button";
import { plain, type Setting, settings, universe } from "./described";
import type { PartProps } from "./part-props";
import { hasText } from "./settings";

export function ConfigurationTab({ run, backtest }: PartProps) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { strategy } = backtest;
  return (
    <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-2">
      <Card title={words.settings} actions={<CopyButton text={asText(run, backtest)}>{words.copyAll}</CopyButton>}>
        <Rows>
          {hasText(backtest) && !("universe" in backtest.context) && (
            <Row name={words.setting.universe ?? ""}>{words.ofStrategy}</Row>
          )}
          {settings(backtest.context).map((setting) => (
            <Row key={setting.path} name={words.setting[setting.path] ?? setting.path}>
              <Value setting={setting} />
            </Row>
          ))}
          {backtest.notes && <Row name={words.notes}>{backtest.notes}</Row>}
        </Rows>
        <p className="mt-3 text-xs text-ink-soft">{words.otherwise}</p>
      </Card>
      <Card title={words.identity} className="xl:row-span-2">
        <p className="mb-3 text-ink-soft">{words.identityMeans}</p>
        <Rows>
          <Row name={words.strategy}>
            {hasText(backtest) ? (
              <>
                <Link href={`/strategies/?run=${run.run_id}`}>{strategy.name}</Link> {words.version(strategy.version)}
              </>
            ) : (
              strategy.name
            )}
          </Row>
          <Row name={words.strategyHash}>
            <Hash text={strategy.identity} />
          </Row>
          <Row name={words.engine}>
            <Hash text={run.engine_version} />
          </Row>
          <Row name={words.rules}>{run.rules_version}</Row>
          <Row name={words.contentHash}>{run.content_hash ? <Hash text={run.content_hash} /> : "–"}</Row>
          <Row name={words.run}>
            <Hash text={run.run_id} />
          </Row>
          {run.reused_from && (
            <Row name={words.reusedFrom}>
              <Link href={`/runs/?id=${run.reused_from}`} className="font-mono break-all">
                {run.reused_from}
              </Link>
            </Row>
          )}
        </Rows>
      </Card>
      <Card title={words.times}>
        <Rows>
          <Row name={words.created}>{moment(run.created_at, language)}</Row>
          <Row name={words.started}>{moment(run.started_at, language)}</Row>
          <Row name={words.finished}>{moment(run.finished_at, language)}</Row>
          <Row name={words.took}>{duration(secondsOf(run), language)}</Row>
          {run.attempt > 1 && <Row name={words.attempt}>{run.attempt}</Row>}
        </Rows>
      </Card>
    </div>
  );
}

function Rows({ children }: { children: ReactNode }) {
  return <dl className="divide-y divide-line border-y border-line">{children}</dl>;
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid items-center gap-x-4 py-1.5 sm:grid-cols-[11rem_1fr]">
      <dt className="text-ink-soft">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

function Value({ setting: { path, value } }: { setting: Setting }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  if (path === "universe") return universe(value, language);
  if (path === "window") {
    const { start, end } = value as { start: string; end: string };
    return `${start} – ${end}`;
  }
  if (path === "initial_cash") return large(Number(value), language, 0);
  return words.choice[String(value)] ?? plain(value, language);
}

/** A name by content, and a way to take it along. */
function Hash({ text }: { text: string }) {
  return (
    <span className="-my-1 flex items-center gap-1">
      <code className="min-w-0 font-mono text-xs break-all select-all">{text}</code>
      <CopyButton text={text} />
    </span>
  );
}

/** From the begin of its computing to its end. */
function secondsOf({ started_at, finished_at }: Run): number | null {
  return started_at && finished_at ? (Date.parse(finished_at) - Date.parse(started_at)) / 1000 : null;
}

/** What another person needs in order to compute the same. */
function asText(run: Run, { backtest_id, strategy, context, notes }: Backtest): string {
  const { run_id, params, engine_version, rules_version, content_hash } = run;
  const all = { run_id, backtest_id, strategy, params, context, notes, engine_version, rules_version, content_hash };
  return JSON.stringify(all, null, 2);
}
