"use client";
/** A few words to whoever runs the platform. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useId, useState } from "react";
import { api, bodyOf, once } from "@/api/client";
import { count } from "@/format/numbers";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Choice } from "@/ui/choice";
import { CONTROL, Input } from "@/ui/field";
import { Failure } from "@/ui/states";
import { useWords } from "@/words/language";
import { type Draft, keepDraft, readDraft } from "./draft";
import { type Kind, WORDS } from "./words";

const MOST = 4000;
const LONGEST_PAGE = 500;
const KINDS = ["problem", "idea", "question", "other"] as const satisfies readonly Kind[];

export function FeedbackPage() {
  const words = useWords(WORDS);
  const [draft, setDraft] = useState(readDraft);
  const send = useMutation({
    mutationFn: (body: Draft) =>
      bodyOf(
        api.POST("/api/feedback", {
          body: { ...body, message: body.message.trim() },
          params: { header: once() } as never,
        }),
      ),
    onSuccess: () => {
      keepDraft(null);
      setDraft({ ...draft, message: "", page: "" });
    },
  });
  useEffect(() => keepDraft(draft), [draft]);
  return (
    <div className="mx-auto w-full max-w-2xl">
      <h1 className="text-2xl font-semibold">{words.title}</h1>
      <p className="mt-1 mb-4 text-ink-soft">{words.lead}</p>
      <Card>
        {send.data ? (
          <div role="status">
            <p className="text-base font-medium text-good">{words.sent}</p>
            <p className="mt-1 mb-4 text-xs text-ink-soft">{words.sentText(send.data.feedback_id)}</p>
            <Button onClick={() => send.reset()}>{words.more}</Button>
          </div>
        ) : (
          <Form
            draft={draft}
            onDraft={setDraft}
            busy={send.isPending}
            error={send.error}
            onSend={() => send.mutate(draft)}
          />
        )}
      </Card>
    </div>
  );
}

interface FormProps {
  draft: Draft;
  onDraft: (draft: Draft) => void;
  busy: boolean;
  error: unknown;
  onSend: () => void;
}

function Form({ draft, onDraft, busy, error, onSend }: FormProps) {
  const words = useWords(WORDS);
  const id = useId();
  const [asked, setAsked] = useState(false);
  const left = MOST - draft.message.length;
  const problem = left < 0 ? words.tooLong(count(-left)) : asked && !draft.message.trim() ? words.empty : null;

  function submit(event: FormEvent): void {
    event.preventDefault();
    setAsked(true);
    if (left >= 0 && draft.message.trim()) onSend();
  }

  return (
    <form onSubmit={submit} className="grid gap-4" noValidate>
      <div>
        <Choice
          label={words.kind}
          value={draft.kind}
          options={KINDS.map((value) => ({ value, label: words.kinds[value] }))}
          onChange={(kind) => onDraft({ ...draft, kind })}
        />
      </div>
      <div>
        <label htmlFor={id} className="mb-1 block text-xs font-medium text-ink-soft">
          {words.message}
        </label>
        <textarea
          id={id}
          className={`${CONTROL} min-h-40`}
          value={draft.message}
          aria-invalid={problem ? true : undefined}
          aria-describedby={`${id}-hint`}
          onChange={(event) => onDraft({ ...draft, message: event.target.value })}
        />
        <p id={`${id}-hint`} className="mt-1 flex flex-wrap justify-between gap-2 text-xs text-ink-soft">
          <span>{words.hint[draft.kind]}</span>
          <span>{left >= 0 && words.left(count(left))}</span>
        </p>
        {problem && (
          <p role="alert" className="mt-1 text-xs text-bad">
            {problem}
          </p>
        )}
      </div>
      <Input
        label={words.page}
        hint={words.pageHint}
        value={draft.page}
        maxLength={LONGEST_PAGE}
        onChange={(event) => onDraft({ ...draft, page: event.target.value })}
      />
      {error !== null && <Failure error={error} />}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" look="primary" busy={busy}>
          {words.send}
        </Button>
        <p className="text-xs text-ink-soft">{words.keys}</p>
      </div>
    </form>
  );
}
