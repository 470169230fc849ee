"use client";
/** Where a strategy is written and sent off: its text, what the API says of it, how it runs, and in what. */
import { useEffect, useRef, useState } from "react";
import { meaningsOf, useStories } from "@/features/templates/stories";
import { TemplateStory } from "@/features/templates/template-story";
import { Card } from "@/ui/card";
import { useWords } from "@/words/language";
import { ContextForm } from "./context-form";
import { CONTEXT_WORDS } from "./context-words";
import type { Desk } from "./desk";
import { useDesk } from "./desk-hook";
import { useJudgement } from "./judgement";
import type { Opened } from "./opening";
import { OrderCard } from "./order-card";
import { SaveDialog } from "./save-dialog";
import { useSaving } from "./saving";
import { useSending } from "./sending";
import { TextCard } from "./text-card";
import { WorkspaceHead } from "./workspace-head";

interface Props {
  opened: Opened;
  initial: Desk;
  onDiscard: () => void;
}

export function Workspace({ opened, initial, onDiscard }: Props) {
  const words = useWords(CONTEXT_WORDS);
  const [saved, setSaved] = useState(opened.desk.code);
  const [restored] = useState(initial.code !== opened.desk.code);
  const [desk, change] = useDesk(opened.key, initial, saved);
  const [target, setTarget] = useState<{ line: number; column: number; asked: number } | null>(null);
  const judged = useJudgement(desk.code, desk.wish);
  const saving = useSaving(opened, desk, { wrong: judged.settled && judged.identity === null, saved, setSaved });
  const sending = useSending({
    desk,
    judged,
    own: saving.own && !saving.dirty ? saving.own : null,
    calm: desk.code === opened.desk.code || (saving.own !== null && !saving.dirty),
    keep: saving.keep,
  });
  const stories = useStories();
  const story = stories.get(opened.template ?? judged.name ?? "");
  const go = (line: number, column = 1) => setTarget((before) => ({ line, column, asked: (before?.asked ?? 0) + 1 }));
  useShortcuts({ save: saving.save, run: sending.start });

  return (
    <>
      <WorkspaceHead
        opened={opened}
        saving={saving}
        name={saving.own?.name ?? judged.name}
        title={story?.title}
        restored={restored && desk.code !== saved}
        onDiscard={onDiscard}
      />
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(0,1fr)_27rem] lg:grid-rows-[auto_1fr]">
        <TextCard
          code={desk.code}
          judged={judged}
          problems={sending.problems}
          saving={saving}
          target={target}
          onChange={(code) => change({ code })}
          onPlace={go}
        />
        <div className="grid min-w-0 content-start gap-4 lg:col-start-2 lg:row-span-2 lg:row-start-1">
          <OrderCard
            desk={desk}
            change={change}
            parameters={judged.parameters}
            meanings={meaningsOf(story)}
            sending={sending}
            onLine={go}
          />
          <Card title={words.context} actions={<span className="text-xs text-ink-soft">{words.summary}</span>}>
            <ContextForm
              datasets={opened.datasets}
              wish={desk.wish}
              fields={sending.problems.fields}
              onChange={(wish) => change({ wish })}
            />
          </Card>
        </div>
        {story && (
          <div className="min-w-0">
            <TemplateStory story={story} />
          </div>
        )}
      </div>
      <SaveDialog saving={saving} suggested={judged.name ?? ""} valid={judged.settled && judged.identity !== null} />
    </>
  );
}

/** Ctrl or Cmd with S saves and with Enter runs, from wherever one is on the page. */
function useShortcuts(does: { save: () => void; run: () => void }): void {
  const newest = useRef(does);
  newest.current = does;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.repeat) return;
      if (document.querySelector('[role="dialog"][data-state="open"]')) return; // its own buttons count
      const action = { s: newest.current.save, Enter: newest.current.run }[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
