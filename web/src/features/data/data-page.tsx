"use client";
/** What backtests run on: versions, ranges, what the checks found, who is in it, and a look at single bars. */
import { useRouter, useSearchParams } from "next/navigation";
import { moment } from "@/format/numbers";
import { Badge } from "@/ui/badge";
import { Select } from "@/ui/field";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { Frequencies, Tables } from "./coverage";
import { type Dataset, useDatasets } from "./datasets";
import { InstrumentView } from "./instrument";
import { Boards, Indices } from "./market";
import { sourceName } from "./names";
import { Quality } from "./quality";
import { WORDS } from "./words";

/** Where the bars of one instrument are on the page. */
const LOOK = "look";

export function DataPage() {
  const words = useWords(WORDS);
  const datasets = useDatasets();
  const router = useRouter();
  const address = useSearchParams();
  const items = datasets.data?.items ?? [];
  const asked = address.get("version");
  const chosen = items.find((each) => each.version === asked) ?? items[0];

  function ask(changed: Record<string, string>): void {
    const next = new URLSearchParams(address);
    for (const [key, value] of Object.entries(changed)) next.set(key, value);
    router.replace(`/data/?${next}`, { scroll: false });
  }

  function look(code: string): void {
    ask({ code });
    document.getElementById(LOOK)?.scrollIntoView({ block: "start" });
  }

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <header>
        <h1 className="text-2xl font-semibold">{words.title}</h1>
        <p className="mt-1 max-w-3xl text-ink-soft">{words.lead}</p>
      </header>
      {datasets.isPending && <Skeleton className="h-64" />}
      {datasets.error && <Failure error={datasets.error} again={() => void datasets.refetch()} />}
      {datasets.data && !chosen && <Empty title={words.none}>{words.noneText}</Empty>}
      {chosen && (
        <>
          {asked && asked !== chosen.version && (
            <p role="status" className="text-doubt wrap-anywhere">
              {words.noVersion(asked, chosen.version)}
            </p>
          )}
          <Version items={items} chosen={chosen} onChoose={(version) => ask({ version })} />
          <div id={LOOK} className="scroll-mt-14">
            <InstrumentView dataset={chosen} asked={(key) => address.get(key)} ask={ask} />
          </div>
          <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-2">
            <div className="grid min-w-0 gap-4">
              <Frequencies dataset={chosen} />
              <Boards version={chosen.version} />
              <Indices version={chosen.version} onPick={look} />
            </div>
            <Tables dataset={chosen} />
          </div>
          <Quality version={chosen.version} />
        </>
      )}
    </div>
  );
}

interface VersionProps {
  items: readonly Dataset[];
  chosen: Dataset;
  onChoose: (version: string) => void;
}

function Version({ items, chosen, onChoose }: VersionProps) {
  const words = useWords(WORDS);
  const language = useLanguage();
  return (
    <section aria-label={words.version} className="rounded-lg border border-line bg-surface p-4">
      <div className="flex flex-wrap items-end gap-x-6 gap-y-3">
        <Select
          label={words.version}
          className="w-48"
          value={chosen.version}
          onChange={(event) => onChoose(event.target.value)}
        >
          {items.map((each) => (
            <option key={each.version}>{each.version}</option>
          ))}
        </Select>
        <dl className="flex flex-wrap gap-x-6 gap-y-2">
          <div>
            <dt className="text-xs text-ink-soft">{words.source}</dt>
            <dd className="flex min-h-9 items-center gap-2">
              {sourceName(chosen.source, language)}
              {chosen.synthetic && <Badge tone="doubt">{words.invented}</Badge>}
            </dd>
          </div>
          <div>
            <dt className="text-xs text-ink-soft">{words.published}</dt>
            <dd className="flex min-h-9 items-center">{moment(chosen.published_at, language)}</dd>
          </div>
        </dl>
      </div>
      {chosen.synthetic && <p className="mt-2 text-doubt">{words.inventedText}</p>}
    </section>
  );
}
