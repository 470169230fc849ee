"use client";
/** Which strategy this is, where it came from, and whether it is kept. */
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { Badge } from "@/ui/badge";
import { Button, ButtonLink } from "@/ui/button";
import { InText } from "@/ui/prose";
import { useWords } from "@/words/language";
import { useTitle } from "@/words/title";
import type { Opened } from "./opening";
import type { Saving } from "./saving";
import { WORDS } from "./words";

const VersionsDialog = dynamic(() => import("./versions-dialog").then((part) => part.VersionsDialog));

interface Props {
  opened: Opened;
  saving: Saving;
  name: string | null;
  /** Of the template, in words. */
  title: string | undefined;
  /** A draft lies above what was opened. */
  restored: boolean;
  onDiscard: () => void;
}

export function WorkspaceHead({ opened, saving, name, title, restored, onDiscard }: Props) {
  const words = useWords(WORDS);
  useTitle(name ? `${name} · ${words.title}` : "");
  const [versions, setVersions] = useState(false);
  const { strategy } = opened;
  const { own } = saving;
  const isOlder = strategy !== undefined && strategy.version !== strategy.newest;
  return (
    <>
      <header className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 truncate text-2xl font-semibold">{name ?? words.untitled}</h1>
        {title && <span className="text-base text-ink-soft">{title}</span>}
        {own && (
          <Badge tone={isOlder ? "doubt" : "plain"}>{words.version(isOlder ? strategy.version : own.version)}</Badge>
        )}
        {opened.template && !own && <Badge>{words.fromTemplate}</Badge>}
        {opened.run && (
          <span className="text-xs text-ink-soft">
            {words.fromRun} · <InText href={`/runs/?id=${opened.run}`}>{words.runLink}</InText>
          </span>
        )}
        {opened.unknownTemplate && <Badge tone="doubt">{words.noTemplate}</Badge>}
        <span className="text-xs text-ink-soft" role="status">
          {own ? (saving.changed ? words.unsaved : words.saved) : ""}
        </span>
        <nav className="ml-auto flex flex-wrap gap-2" aria-label={words.title}>
          {own && <Button onClick={() => setVersions(true)}>{words.versions}</Button>}
          <ButtonLink href="/templates/">{words.templates}</ButtonLink>
          <ButtonLink href="/strategies/">{words.mine}</ButtonLink>
        </nav>
      </header>
      {isOlder && (
        <Note>
          {words.notNewest(strategy.newest)}
          <ButtonLink href={`/strategies/?id=${strategy.id}`}>{words.openNewest}</ButtonLink>
        </Note>
      )}
      {restored && (
        <Note>
          {words.draft}
          <Button onClick={onDiscard}>{words.discard}</Button>
        </Note>
      )}
      {own && (
        <VersionsDialog
          id={own.id}
          newest={own.version}
          opened={isOlder ? strategy.version : own.version}
          open={versions}
          onOpenChange={setVersions}
        />
      )}
    </>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <p className="mb-3 flex flex-wrap items-center gap-3 rounded-md bg-doubt-ground px-3 py-1.5 text-doubt">
      {children}
    </p>
  );
}
