"use client";
/** One value of each parameter, or for a grid its candidates; what a parameter means where a template tells it. */
import { countOf, type Parameter, readCandidates, readValue, suggested } from "@/jobs/values";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { useWords } from "@/words/language";
import type { Texts } from "./desk";
import { FieldProblem } from "./field-problem";
import { ORDER_WORDS } from "./order-words";
import type { Sorted } from "./problems";

interface Props {
  parameters: readonly Parameter[];
  texts: Texts;
  grid: boolean;
  meanings: Readonly<Record<string, string>>;
  fields: Sorted["fields"];
  onChange: (name: string, text: string) => void;
}

export function ParametersForm({ parameters, texts, grid, meanings, fields, onChange }: Props) {
  const words = useWords(ORDER_WORDS);
  if (parameters.length === 0) return <p className="text-ink-soft">{grid ? words.noGrid : words.noParameters}</p>;
  return (
    <div className={grid ? "grid gap-3" : "grid grid-cols-2 gap-3"}>
      {grid && <p className="text-xs text-ink-soft">{words.candidatesHint}</p>}
      {parameters.map((each) => {
        const text = texts[each.name] ?? "";
        const read = grid ? readCandidates(text, each) : readValue(text, each);
        const told = fields[`param.${each.name}`];
        const meaning = [meanings[each.name], words.bounds(each.min, each.max)].filter(Boolean).join(" · ");
        const problem = "problem" in read ? words.wrong[read.problem] : told && <FieldProblem problems={told} />;
        const varies = grid && "value" in read && countOf(read.value as number[]) > 1;
        const field = (
          <Input
            key={each.name}
            label={<code className="font-mono text-ink">{each.name}</code>}
            hint={meaning}
            problem={problem}
            inputMode={grid ? undefined : "decimal"}
            value={text}
            className="flex-1"
            onChange={(event) => onChange(each.name, event.target.value)}
          />
        );
        if (!grid) return field;
        return (
          <div key={each.name} className="flex items-start gap-2">
            {field}
            <Button
              className="mt-5 w-20"
              aria-pressed={varies}
              title={varies ? words.fix : words.vary}
              onClick={() => onChange(each.name, varies ? String(each.default) : suggested(each))}
            >
              <Badge tone={varies ? "accent" : "plain"}>{varies ? words.varies : words.fixed}</Badge>
              <span className="sr-only">{each.name}</span>
            </Button>
          </div>
        );
      })}
    </div>
  );
}
