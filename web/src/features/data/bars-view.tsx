"use client";
/** The bars of one instrument: drawn, and as a table. */
import { useCallback, useMemo } from "react";
import { Chart } from "@/charts/chart";
import type { Palette } from "@/charts/palette";
import { count, decimal, large } from "@/format/numbers";
import { Button } from "@/ui/button";
import { Change } from "@/ui/change";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { type Language, useLanguage, useWords } from "@/words/language";
import { type Asked, type Bar, type Frequency, inOrder, labelOf, useBars } from "./bars";
import { candles } from "./candles";
import { INSTRUMENT } from "./instrument-words";

const HEIGHT = 420;

function columns(words: (typeof INSTRUMENT)["zh"], frequency: Frequency, language: Language): Column<Bar>[] {
  const price = (key: "open" | "high" | "low" | "close"): Column<Bar> => ({
    key,
    head: words[key],
    number: true,
    width: "5rem",
    cell: (row) => decimal(row[key]),
  });
  return [
    { key: "time", head: words.time, width: "9.5rem", cell: (row) => labelOf(row, frequency) },
    price("open"),
    price("high"),
    price("low"),
    price("close"),
    { key: "change", head: words.change, number: true, width: "6.5rem", cell: (row) => <Change value={row.change} /> },
    {
      key: "volume",
      head: `${words.volume} (${words.shares})`,
      number: true,
      width: "8rem",
      cell: (row) => large(row.volume, language),
    },
    {
      key: "amount",
      head: `${words.amount} (${words.yuan})`,
      number: true,
      width: "7.5rem",
      cell: (row) => large(row.amount, language),
    },
    {
      key: "factor",
      head: words.factor,
      number: true,
      width: "minmax(6.5rem, 1fr)",
      cell: (row) => decimal(row.factor, 6),
    },
  ];
}

export function BarsView(asked: Asked) {
  const words = useWords(INSTRUMENT);
  const language = useLanguage();
  const answer = useBars(asked);
  const bars = useMemo(() => inOrder(answer.data?.pages ?? []), [answer.data]);
  const newest = useMemo(() => [...bars].reverse(), [bars]);
  const { frequency, adjust } = asked;
  const option = useCallback(
    (palette: Palette) => candles(bars, frequency, language, palette),
    [bars, frequency, language],
  );
  if (answer.isPending) return <Skeleton className="h-[26rem]" />;
  if (answer.error && !bars.length) return <Failure error={answer.error} again={() => void answer.refetch()} />;
  const last = bars.at(-1);
  if (!last) return <Empty title={words.noBars} />;
  return (
    <>
      <Chart label={words.chart(asked.code)} option={option} height={HEIGHT} />
      <p className="mt-1 mb-3 text-xs text-ink-soft">
        {words.adjustTexts[adjust]} {adjust === "forward" && words.anchored(labelOf(last, frequency))}
      </p>
      <Table
        label={words.bars}
        columns={columns(words, frequency, language)}
        rows={newest}
        rowKey={(row) => row.time}
        height={300}
      />
      <div className="mt-2 flex flex-wrap items-center gap-3 text-xs text-ink-soft">
        <span role="status">{words.shown(count(bars.length))}</span>
        {answer.hasNextPage ? (
          <Button busy={answer.isFetchingNextPage} onClick={() => void answer.fetchNextPage()}>
            {words.earlier}
          </Button>
        ) : (
          <span>{words.all}</span>
        )}
      </div>
      {answer.error && <Failure error={answer.error} again={() => void answer.fetchNextPage()} />}
    </>
  );
}
