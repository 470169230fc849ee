"use client";
/** A figure just as the run's own page shows it. */
import type { Metric } from "@/api/metrics";
import { figure, isGain } from "@/format/metrics";
import type { Value } from "@/format/numbers";
import { Change } from "@/ui/change";
import type { Language } from "@/words/language";

interface Props {
  name: string;
  metric: Metric | undefined;
  value: Value;
  language: Language;
}

export function FigureText({ name, metric, value, language }: Props) {
  const text = figure(name, metric?.unit ?? "ratio", value, language);
  return isGain(name) ? <Change value={value}>{text}</Change> : text;
}
