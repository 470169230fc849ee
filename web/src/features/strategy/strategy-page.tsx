"use client";
/** The page of strategies: one's own as a list, or the workspace with what the address asks for. */
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { apiError } from "@/api/errors";
import { ButtonLink } from "@/ui/button";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { resumed } from "./desk";
import { dropDraft, readDraft } from "./drafts";
import { type Asked, keyOf, NoText, useOpened } from "./opening";
import { WORDS } from "./words";
import { Workspace } from "./workspace";

const StrategiesList = dynamic(() => import("./strategies-list").then((part) => part.StrategiesList), {
  loading: () => <Skeleton className="h-[70dvh]" />,
});

export function StrategyPage() {
  const asked = useSearchParams();
  const version = Number(asked.get("version"));
  const wanted: Asked = {
    id: asked.get("id"),
    version: version >= 1 && Number.isInteger(version) ? version : null,
    template: asked.get("template"),
    run: asked.get("run"),
  };
  if (!wanted.id && !wanted.template && !wanted.run && !asked.has("new")) return <StrategiesList />;
  return <OpenedPage key={keyOf(wanted)} asked={wanted} />;
}

function OpenedPage({ asked }: { asked: Asked }) {
  const words = useWords(WORDS);
  const opened = useOpened(asked);
  const [discarded, setDiscarded] = useState(0);
  // What is open stays open, whatever a later asking comes to.
  const error = opened.data ? null : opened.error;
  if (error instanceof NoText) {
    return (
      <Empty title={words.noText}>
        <p>{words.noTextText}</p>
      </Empty>
    );
  }
  if (error) {
    const gone = apiError(error).status === 404;
    return (
      <div className="grid gap-3">
        <h1 className="text-2xl font-semibold">{words.title}</h1>
        <Failure error={error} {...(gone ? {} : { again: () => void opened.refetch() })} />
        <ButtonLink href="/strategies/" className="justify-self-start">
          {words.mine}
        </ButtonLink>
      </div>
    );
  }
  if (!opened.data) return <Skeleton className="h-[70dvh]" />;
  const { data } = opened;
  if (data.datasets.length === 0) {
    return (
      <Empty title={words.noData}>
        <p className="mb-3">{words.noDataText}</p>
        <ButtonLink href="/data/">{words.dataPage}</ButtonLink>
      </Empty>
    );
  }
  const draft = discarded > 0 ? null : readDraft(data.key);
  const desk = resumed(
    data.desk,
    draft,
    data.datasets.map((each) => each.version),
  );
  return (
    <Workspace
      key={discarded}
      opened={data}
      initial={desk}
      onDiscard={() => {
        dropDraft(data.key);
        setDiscarded(discarded + 1);
      }}
    />
  );
}
