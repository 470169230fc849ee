"use client";
/** The K-line of the stocks that a run traded. */
import { useMemo } from "react";
import { count } from "@/format/numbers";
import type { Run } from "@/jobs/run";
import { Button } from "@/ui/button";
import { Select } from "@/ui/field";
import { Empty, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { useAddress } from "./address";
import { CHART_WORDS } from "./chart-words";
import { useGround, useNames } from "./context";
import { KLine } from "./k-line";
import { Preparing } from "./ledger-table";
import { type Traded, useTraded } from "./traded";

export function ChartTab({ run }: { run: Run }) {
  const words = useWords(CHART_WORDS);
  const ground = useGround(run);
  const names = useNames(ground?.version);
  const { traded, preparing } = useTraded(run);
  const { get, set } = useAddress();
  // the ledgers may be narrowed to a stock, too; looking at another one does not change that
  const asked = get("stock") || get("code");
  const choices = useMemo(() => withAsked(traded ?? [], asked), [traded, asked]);
  const code = asked || (choices[0]?.code ?? "");
  if (preparing && !asked) return <Preparing />;
  if (!ground || (!traded && !asked)) return <Skeleton className="h-[34rem]" />;
  if (!code) return <Empty title={words.noTrades}>{words.noTradesNext}</Empty>;
  const place = choices.findIndex((each) => each.code === code);
  const choose = (next: Traded | undefined) => next && set({ stock: next.code, at: null, until: null });
  const titled = (each: Traded) => [each.code, names.get(each.code)].filter(Boolean).join(" ");
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-end gap-2">
        <Select
          className="w-full sm:w-80"
          label={words.security}
          value={code}
          onChange={(event) => choose(choices.find((each) => each.code === event.target.value))}
        >
          {choices.map((each) => (
            <option key={each.code} value={each.code}>
              {words.option(titled(each), count(each.trades), each.isHeld)}
            </option>
          ))}
        </Select>
        <Button disabled={place <= 0} onClick={() => choose(choices[place - 1])}>
          {words.previousStock}
        </Button>
        <Button disabled={place >= choices.length - 1} onClick={() => choose(choices[place + 1])}>
          {words.nextStock}
        </Button>
      </div>
      <KLine key={code} run={run} ground={ground} code={code} name={names.get(code) ?? ""} />
    </div>
  );
}

/** A stock of the address may be one that was only refused. */
function withAsked(traded: readonly Traded[], asked: string): readonly Traded[] {
  if (!asked || traded.some((each) => each.code === asked)) return traded;
  return [{ code: asked, trades: 0, isHeld: false }, ...traded];
}
