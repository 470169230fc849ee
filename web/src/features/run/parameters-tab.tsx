"use client";
/** The parameters of the run in the strategy's own order, beside their defaults and bounds. */
import { parameter as shown } from "@/format/parameters";
import { Badge } from "@/ui/badge";
import { ButtonLink } from "@/ui/button";
import { Card } from "@/ui/card";
import { Empty } from "@/ui/states";
import { useWords } from "@/words/language";
import { WORDS } from "./configuration-words";
import type { PartProps } from "./part-props";
import { hasText } from "./settings";
import { useParameters } from "./use-parameters";

const CELL = "px-2.5 py-2";

export function ParametersTab({ run, backtest }: PartProps) {
  const words = useWords(WORDS);
  const { data } = useParameters(backtest); // the strategy may be deleted: then only values are known
  const known = new Map(data?.map((each) => [each.name, each]));
  const rows = Object.entries(run.params);
  const change = hasText(backtest) && <ButtonLink href={`/strategies/?run=${run.run_id}`}>{words.change}</ButtonLink>;
  if (rows.length === 0) return <Empty title={words.noParameters}>{change}</Empty>;
  return (
    <Card title={words.parameters} actions={change} className="max-w-3xl">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <div className="overflow-x-auto" role="region" aria-label={words.parameters} tabIndex={0}>
        <table className="w-full text-left">
          <thead className="border-b border-line text-xs text-ink-soft">
            <tr>
              <th scope="col" className={`${CELL} font-medium`}>
                {words.parameter}
              </th>
              <th scope="col" className={`${CELL} text-right font-medium`}>
                {words.value}
              </th>
              <th scope="col" className={`${CELL} text-right font-medium`}>
                {words.usual}
              </th>
              <th scope="col" className={`${CELL} text-right font-medium`}>
                {words.bounds}
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {rows.map(([name, value]) => {
              const parameter = known.get(name);
              return (
                <tr key={name}>
                  <th scope="row" className={`${CELL} font-mono font-normal`}>
                    {name}
                  </th>
                  <td className={`${CELL} text-right font-semibold`}>
                    {parameter && parameter.default !== value && (
                      <span className="mr-2">
                        <Badge tone="accent">{words.changed}</Badge>
                      </span>
                    )}
                    {shown(value)}
                  </td>
                  <td className={`${CELL} text-right`}>{shown(parameter?.default)}</td>
                  <td className={`${CELL} text-right whitespace-nowrap text-ink-soft`}>
                    {parameter ? `${shown(parameter.min)} – ${shown(parameter.max)}` : "–"}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
