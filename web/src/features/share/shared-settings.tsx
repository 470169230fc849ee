"use client";
/** What a shared run was computed with: parameters and context, never the strategy's text. */
import { yuan } from "@/format/numbers";
import { parameters } from "@/format/parameters";
import { frequencySaid, leavesOf, type Setting, universeSaid, windowSaid } from "@/jobs/setting";
import { Card } from "@/ui/card";
import { useLanguage, useWords } from "@/words/language";
import { SHARED_WORDS } from "./shared-words";
import type { Shared } from "./snapshot";

export function SharedSettings({ shared }: { shared: Shared }) {
  const words = useWords(SHARED_WORDS);
  const language = useLanguage();
  const setting = shared.context as Setting;
  const { universe } = setting;
  const named: [string, string][] = [
    [words.parameters, parameters(shared.params) || words.noParameters],
    [words.window, windowSaid(setting)],
    [words.universe, universe == null ? words.hidden : universeSaid(universe, language)],
    [words.frequency, frequencySaid(setting.frequency, language)],
    [words.benchmark, setting.benchmark ?? words.none],
    [words.cash, yuan(setting.initial_cash, 0)],
    [words.data, setting.datasource_version ?? "–"],
  ];
  const others = [...leavesOf(setting.costs, "costs"), ...leavesOf(setting.execution, "execution")];
  return (
    <Card title={words.settings}>
      <dl className="grid grid-cols-1 gap-x-6 gap-y-2 sm:grid-cols-2 lg:grid-cols-4">
        {named.map(([label, value]) => (
          <div key={label} className="min-w-0">
            <dt className="text-xs text-ink-soft">{label}</dt>
            <dd className="break-words">{value}</dd>
          </div>
        ))}
        {others.map(([path, value]) => (
          <div key={path} className="min-w-0">
            <dt className="font-mono text-xs text-ink-soft">{path}</dt>
            <dd className="break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
