"use client";
/** What the API says of a text, alone and in its context, half a second after somebody stopped typing. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { api, bodyOf } from "@/api/client";
import { apiError, type Problem } from "@/api/errors";
import { contextOf, type Wish } from "@/jobs/context";
import type { Parameter } from "@/jobs/values";
import { wrongIn } from "@/jobs/wish-checks";

const PAUSE_MS = 500;
const NOTHING: never[] = [];
const REFUSED = 422;
/** Of a text that is wrong, and so has none by the API. */
const NAME = /^name:\s*([^\s#][^#\n]*?)\s*(?:#.*)?$/m;

export interface Judgement {
  /** Nothing is being asked any more: this is of what stands there. */
  settled: boolean;
  /** The text is right, and so is its context. */
  valid: boolean;
  name: string | null;
  identity: string | null;
  /** Of the text as it was right the last time. */
  parameters: readonly Parameter[];
  problems: readonly Problem[];
  warnings: readonly Problem[];
  /** The API could not be asked. */
  error: unknown;
  again: () => void;
}

export function useSettled<T>(value: T, milliseconds = PAUSE_MS): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

function judged(code: string, context: string | null, signal: AbortSignal) {
  const body = context === null ? { code } : { code, context: JSON.parse(context) };
  return bodyOf(api.POST("/api/strategies:validate", { body, signal }));
}

export function useJudgement(code: string, wish: Wish): Judgement {
  const now = useMemo(() => JSON.stringify(contextOf(wish)), [wish]);
  const sound = Object.keys(wrongIn(wish)).length === 0; // else the form says what is wrong, and the API need not be asked
  const text = useSettled(code);
  const context = useSettled(now);
  const alone = useQuery({
    queryKey: ["judged", text],
    queryFn: ({ signal }) => judged(text, null, signal),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const known = alone.data?.valid === true && !alone.isPlaceholderData;
  const together = useQuery({
    queryKey: ["judged", text, context],
    queryFn: ({ signal }) => judged(text, context, signal),
    enabled: known && sound,
    staleTime: Number.POSITIVE_INFINITY,
    retry: (failures, error) => failures < 2 && apiError(error).passing,
  });
  const [parameters, setParameters] = useState<readonly Parameter[]>(NOTHING);
  useEffect(() => {
    if (known && alone.data) setParameters(alone.data.parameters);
  }, [known, alone.data]);

  const refused = together.error && apiError(together.error);
  const inContext = refused ? refused.problems : (together.data?.problems ?? NOTHING);
  const problems = alone.data?.valid === false ? alone.data.problems : known ? inContext : NOTHING;
  return {
    settled: text === code && context === now && !alone.isFetching && !together.isFetching,
    valid: known && together.data?.valid === true,
    name: alone.data?.name ?? NAME.exec(code)?.[1] ?? null,
    identity: alone.data?.identity ?? null,
    parameters: known && alone.data ? alone.data.parameters : parameters,
    problems,
    warnings: together.data?.warnings ?? alone.data?.warnings ?? NOTHING,
    error: alone.error ?? (refused && refused.status !== REFUSED ? refused : null),
    again: () => void (alone.error ? alone.refetch() : together.refetch()),
  };
}
