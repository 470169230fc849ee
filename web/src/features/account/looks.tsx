"use client";
import { Card } from "@/ui/card";
import { Choice } from "@/ui/choice";
/** Language, theme and the colours of ups and downs, all of them in sight. */
import { setRise, setTheme, useRise, useTheme } from "@/ui/looks";
import { setLanguage, useLanguage, useWords } from "@/words/language";
import { WORDS } from "./words";

export function LooksCard() {
  const words = useWords(WORDS);
  const language = useLanguage();
  const theme = useTheme() === "dark" ? "dark" : "light";
  const rise = useRise() === "green" ? "green" : "red";
  return (
    <Card title={words.looks}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-3">
        <dt className="text-ink-soft">{words.language}</dt>
        <dd>
          <Choice
            label={words.language}
            value={language}
            options={[
              { value: "zh", label: <span lang="zh-CN">中文</span> },
              { value: "en", label: <span lang="en">English</span> },
            ]}
            onChange={setLanguage}
          />
        </dd>
        <dt className="text-ink-soft">{words.theme}</dt>
        <dd>
          <Choice
            label={words.theme}
            value={theme}
            options={[
              { value: "light", label: words.light },
              { value: "dark", label: words.dark },
            ]}
            onChange={setTheme}
          />
        </dd>
        <dt className="text-ink-soft">{words.colours}</dt>
        <dd>
          <Choice
            label={words.colours}
            value={rise}
            options={[
              { value: "red", label: words.riseRed },
              { value: "green", label: words.riseGreen },
            ]}
            onChange={setRise}
          />
        </dd>
      </dl>
      <p className="mt-4 text-xs text-ink-soft">{words.looksText}</p>
    </Card>
  );
}
