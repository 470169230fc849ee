"use client";
/** Which figure a map shows, over which parameters, and where the others are held. */
import type { Metric } from "@/api/metrics";
import { parameter } from "@/format/parameters";
import { Select } from "@/ui/field";
import { useLanguage, useWords } from "@/words/language";
import type { MapView } from "./view";
import { WORDS } from "./words";

interface Props {
  names: readonly string[];
  metric: string;
  metrics: readonly Metric[];
  across: string;
  down: string | null;
  /** What somebody chose. */
  held: Readonly<Record<string, number>>;
  /** Where the map holds the others now. */
  fixed: Readonly<Record<string, number>>;
  /** Null while not all results are known. */
  values: ReadonlyMap<string, readonly number[]> | null;
  others: readonly string[];
  change: (part: Partial<MapView>) => void;
}

export function HeatControls(props: Props) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { names, across, down, held, fixed, values, others, change } = props;
  const hold = (name: string, text: string) => {
    const { [name]: _, ...rest } = held;
    change({ held: text === "" ? rest : { ...rest, [name]: Number(text) } });
  };
  return (
    <div className="mb-3 grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-5">
      <Select
        className="max-sm:col-span-2"
        label={words.metric}
        value={props.metric}
        onChange={(event) => change({ metric: event.target.value })}
      >
        {props.metrics.map((each) => (
          <option key={each.key} value={each.key}>
            {each.label[language]}
          </option>
        ))}
      </Select>
      <Select
        label={words.across}
        value={across}
        onChange={({ target: { value } }) =>
          change({ across: value, ...(value === down ? { down: across } : {}), held: {} })
        }
      >
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </Select>
      <Select
        label={words.down}
        value={down ?? "-"}
        onChange={({ target: { value } }) => change({ down: value, held: {} })}
      >
        <option value="-">{words.none}</option>
        {names
          .filter((name) => name !== across)
          .map((name) => (
            <option key={name}>{name}</option>
          ))}
      </Select>
      {values &&
        others.map((name) => (
          <Select key={name} label={name} value={held[name] ?? ""} onChange={(event) => hold(name, event.target.value)}>
            <option value="">
              {words.heldBest} ({parameter(fixed[name])})
            </option>
            {values.get(name)?.map((value) => (
              <option key={value} value={value}>
                {parameter(value)}
              </option>
            ))}
          </Select>
        ))}
    </div>
  );
}
