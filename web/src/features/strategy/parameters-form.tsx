"use client";
import { type Parameter, readCandidates, readValue } from "@/jobs/values";
import { Input } from "@/ui/field";
import { useWords } from "@/words/language";
import { WORDS } from "./words";

interface Props {
  parameters: readonly Parameter[];
  texts: Readonly<Record<string, string>>;
  grid: boolean;
  onChange: (name: string, text: string) => void;
}

export function ParametersForm({ parameters, texts, grid, onChange }: Props) {
  const words = useWords(WORDS);
  if (parameters.length === 0) return <p className="text-ink-soft">{words.noParameters}</p>;
  return (
    <div className={grid ? "grid gap-3" : "grid grid-cols-2 gap-3"}>
      {parameters.map((each) => {
        const text = texts[each.name] ?? "";
        const read = grid ? readCandidates(text, each) : readValue(text, each);
        return (
          <Input
            key={each.name}
            label={<code className="font-mono">{each.name}</code>}
            hint={words.bounds(each.min, each.max)}
            problem={"problem" in read ? words.wrong[read.problem] : undefined}
            inputMode={grid ? undefined : "decimal"}
            placeholder={grid ? words.candidatesHint : undefined}
            value={text}
            onChange={(event) => onChange(each.name, event.target.value)}
          />
        );
      })}
    </div>
  );
}
