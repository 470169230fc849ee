"use client";
/** How a strategy runs: once or as a grid, with which values, and the one button that sends it off. */
import type { Parameter } from "@/jobs/values";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Choice } from "@/ui/choice";
import { Failure } from "@/ui/states";
import { useWords } from "@/words/language";
import type { Desk, Mode } from "./desk";
import type { Change } from "./desk-hook";
import { Estimate } from "./estimate";
import { GridLimits } from "./grid-limits";
import { ORDER_WORDS } from "./order-words";
import { ParametersForm } from "./parameters-form";
import { ProblemList } from "./problem-list";
import { requirements } from "./requirements";
import type { Sending } from "./sending";

interface Props {
  desk: Desk;
  change: (change: Change) => void;
  parameters: readonly Parameter[];
  meanings: Readonly<Record<string, string>>;
  sending: Sending;
  onLine: (line: number) => void;
}

export function OrderCard({ desk, change, parameters, meanings, sending, onLine }: Props) {
  const words = useWords(ORDER_WORDS);
  const grid = desk.mode === "grid";
  const { problems, wanted, texts } = sending;
  const set = (name: string, text: string) =>
    change((before) =>
      grid
        ? { grid: { ...texts, ...before.grid, [name]: text } }
        : { single: { ...texts, ...before.single, [name]: text } },
    );
  const modes: { value: Mode; label: string }[] = [
    { value: "single", label: words.single },
    { value: "grid", label: words.grid },
  ];
  return (
    <Card
      title={words.how}
      actions={<Choice label={words.how} value={desk.mode} onChange={(mode) => change({ mode })} options={modes} />}
    >
      <ParametersForm
        parameters={parameters}
        texts={texts}
        grid={grid}
        meanings={meanings}
        fields={problems.fields}
        onChange={set}
      />
      {grid && parameters.length > 0 && (
        <>
          <Requires code={desk.code} onLine={onLine} />
          <GridLimits
            texts={desk.limits}
            wrong={sending.limits.wrong}
            fields={problems.fields}
            onChange={(limits) => change({ limits })}
          />
        </>
      )}
      {grid && wanted && (
        <Estimate
          source={sending.source}
          wish={desk.wish}
          order={wanted.order}
          combinations={wanted.combinations}
          ready={sending.sound}
          calm={sending.calm}
        />
      )}
      <ProblemList problems={problems.general} />
      <Button
        look="primary"
        className="mt-3 min-h-11 w-full text-base"
        onClick={sending.start}
        disabled={sending.stuck}
        busy={sending.busy}
        aria-describedby={sending.blocked ? "order-blocked" : undefined}
      >
        {grid ? words.submitGrid : words.submit}
      </Button>
      {sending.blocked && (
        <p id="order-blocked" className="mt-1 text-xs text-ink-soft">
          {words.blocked}
        </p>
      )}
      <label className="mt-2 flex min-h-9 items-center gap-2 text-xs text-ink-soft">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={desk.anew}
          onChange={(event) => change({ anew: event.target.checked })}
        />
        {words.anew}
      </label>
      {sending.failure !== null && (
        <div className="mt-3">
          <Failure error={sending.failure} />
        </div>
      )}
    </Card>
  );
}

function Requires({ code, onLine }: { code: string; onLine: (line: number) => void }) {
  const words = useWords(ORDER_WORDS);
  const found = requirements(code);
  return (
    <div className="mt-3 text-xs">
      <p className="font-medium text-ink-soft">{words.requires}</p>
      {found.length === 0 && <p className="text-ink-soft">{words.requiresNone}</p>}
      <ul>
        {found.map((each) => (
          <li key={`${each.line}|${each.text}`} className="flex min-h-8 flex-wrap items-center gap-2">
            <code className="font-mono text-ink">{each.text}</code>
            <button
              type="button"
              className="min-h-8 text-accent underline underline-offset-2"
              onClick={() => onLine(each.line)}
            >
              {words.requiresWhere(each.line)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
