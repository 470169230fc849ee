"use client";
/** The page where a strategy is written and sent off: its text, what the API says of it, what it runs in, with which parameters. */
import { useMutation, useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useEffect, useMemo, useState } from "react";
import { api, bodyOf } from "@/api/client";
import { duration } from "@/format/numbers";
import { type Dataset, type Wish, wishFor } from "@/jobs/context";
import { estimated, type Order, pinned, submitted } from "@/jobs/submit";
import type { Parameter } from "@/jobs/values";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Choice } from "@/ui/choice";
import { Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { ContextForm } from "./context-form";
import { keepDraft } from "./drafts";
import { useJudgement, useSettled } from "./judgement";
import { gridOf, MOST_COMBINATIONS, singleOf, type Texts, textsFor } from "./order";
import { ParametersForm } from "./parameters-form";
import { WORDS } from "./words";

const Editor = dynamic(() => import("./editor").then((module) => module.Editor), {
  ssr: false,
  loading: () => <Skeleton className="h-full min-h-80" />,
});
const NOTHING: never[] = [];

interface Props {
  /** Under which a draft is kept. */
  name: string;
  initial: string;
  datasets: readonly Dataset[];
}

export function Workspace({ name, initial, datasets }: Props) {
  const words = useWords(WORDS);
  const tongue = useLanguage();
  const router = useRouter();
  const [code, setCode] = useState(initial);
  const [mode, setMode] = useState<Order["mode"]>("single");
  const [wish, setWish] = useState<Wish>(() => wishFor(datasets[0] as Dataset));
  const [single, setSingle] = useState<Texts>({});
  const [grid, setGrid] = useState<Texts>({});
  const judged = useJudgement(code);
  const catalogue = useQuery({
    queryKey: ["catalogue"],
    queryFn: () => bodyOf(api.GET("/api/functions")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const problems = judged.data?.problems ?? NOTHING;
  const warnings = judged.data?.warnings ?? NOTHING;
  const parameters: readonly Parameter[] = judged.data?.parameters ?? NOTHING;

  useEffect(() => {
    if (!judged.data?.valid) return;
    setSingle((before) => textsFor(parameters, before, false));
    setGrid((before) => textsFor(parameters, before, true));
  }, [judged.data?.valid, parameters]);

  const wanted = useMemo(() => gridOf(parameters, grid), [parameters, grid]);
  const order = mode === "single" ? singleOf(parameters, single) : (wanted?.order ?? null);
  const tooMany = mode === "grid" && wanted !== null && wanted.combinations > MOST_COMBINATIONS;
  const ready = judged.settled && judged.data?.valid === true && order !== null && !tooMany;

  const send = useMutation({
    mutationFn: async (what: Order) => submitted(await pinned(code, wish), what),
    onSuccess: (found) => {
      const run = found.run_ids[0];
      router.push(found.grid_id ? `/grids/?id=${found.grid_id}` : `/runs/?id=${run}`);
    },
  });
  const start = () => {
    if (ready && order && !send.isPending) send.mutate(order);
  };

  function edit(text: string): void {
    setCode(text);
    keepDraft(name, text);
  }

  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_26rem]">
      <Card
        title={judged.data?.name ?? words.untitled}
        actions={<Verdict asking={!judged.settled} problems={problems.length} warnings={warnings.length} />}
        className="flex flex-col lg:h-[calc(100dvh-9rem)]"
      >
        <div className="min-h-0 flex-1 basis-96">
          <Editor
            label={words.editor}
            value={code}
            problems={problems}
            warnings={warnings}
            catalogue={catalogue.data}
            tongue={tongue}
            onChange={edit}
            onRun={start}
          />
        </div>
        {problems.length + warnings.length > 0 && (
          <ul className="mt-3 max-h-40 space-y-1 overflow-auto text-sm" aria-label={words.problems(problems.length)}>
            {[...problems, ...warnings].map((each) => (
              <li key={`${each.field}|${each.line}|${each.message}`}>
                {each.line && <span className="mr-2 text-ink-soft">{words.at(each.line)}</span>}
                <code className="mr-2 font-mono text-xs">{each.field}</code>
                {each.message}
                {each.hint && <span className="ml-2 text-ink-soft">{each.hint}</span>}
              </li>
            ))}
          </ul>
        )}
        {judged.error && <Failure error={judged.error} again={() => void judged.refetch()} />}
      </Card>
      <div className="grid content-start gap-4">
        <Card
          title={words.how}
          actions={
            <Choice
              label={words.how}
              value={mode}
              onChange={setMode}
              options={[
                { value: "single", label: words.single },
                { value: "grid", label: words.grid },
              ]}
            />
          }
        >
          <ParametersForm
            parameters={parameters}
            texts={mode === "single" ? single : grid}
            grid={mode === "grid"}
            onChange={(key, text) =>
              (mode === "single" ? setSingle : setGrid)((before) => ({ ...before, [key]: text }))
            }
          />
          {mode === "grid" && wanted && (
            <Estimate code={code} wish={wish} order={wanted.order} combinations={wanted.combinations} ready={ready} />
          )}
          <Button look="primary" className="mt-4 w-full" onClick={start} disabled={!ready} busy={send.isPending}>
            {mode === "single" ? words.submit : words.submitGrid}
            <kbd className="text-xs opacity-80">{words.runHint}</kbd>
          </Button>
          {send.error && (
            <div className="mt-3">
              <Failure error={send.error} />
            </div>
          )}
        </Card>
        <Card title={words.context}>
          <ContextForm datasets={datasets} wish={wish} onChange={setWish} />
        </Card>
      </div>
    </div>
  );
}

function Verdict({ asking, problems, warnings }: { asking: boolean; problems: number; warnings: number }) {
  const words = useWords(WORDS);
  return (
    <span role="status" className="flex gap-2">
      {asking ? (
        <Badge>{words.asking}</Badge>
      ) : (
        <Badge tone={problems ? "bad" : "good"}>{problems ? words.problems(problems) : words.fine}</Badge>
      )}
      {warnings > 0 && <Badge tone="doubt">{words.warnings(warnings)}</Badge>}
    </span>
  );
}

interface Asked {
  code: string;
  wish: Wish;
  order: Order;
  combinations: number;
  ready: boolean;
}

/** What the grid comes to: combinations as they are typed, and once somebody stops typing what the API says of time and money. */
function Estimate({ code, wish, order, combinations, ready }: Asked) {
  const words = useWords(WORDS);
  const tongue = useLanguage();
  const settled = useSettled(JSON.stringify({ code, wish, order }), 800);
  const told = useQuery({
    queryKey: ["estimate", settled],
    queryFn: async ({ signal }) => {
      const asked = JSON.parse(settled) as Pick<Asked, "code" | "wish" | "order">;
      return estimated(await pinned(asked.code, asked.wish), asked.order, signal);
    },
    enabled: ready,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const tooMany = combinations > MOST_COMBINATIONS;
  return (
    <div className="mt-3 text-sm" role="status">
      <p className={tooMany ? "font-medium text-bad" : "font-medium"}>
        {words.combinations(combinations)}
        {tooMany && ` · ${words.tooMany}`}
      </p>
      {told.data && !tooMany && (
        <p className="text-ink-soft">
          {words.estimate(told.data.combinations, told.data.skipped)} ·{" "}
          {words.takes(duration(told.data.estimated_wall_seconds, tongue))} ·{" "}
          {words.costs(told.data.estimated_cost_usd.toPrecision(2))}
          {told.data.reused > 0 && ` · ${words.reused(told.data.reused)}`}
        </p>
      )}
      {told.error && <Failure error={told.error} />}
    </div>
  );
}
