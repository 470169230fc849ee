"use client";
/** Colours and language, each changed by one button that says what it changes to. */
import { Button } from "@/ui/button";
import { setRise, setTheme, useRise, useTheme } from "@/ui/looks";
import { setLanguage, useLanguage, useWords } from "@/words/language";
import { WORDS } from "./words";

export function Looks() {
  const words = useWords(WORDS);
  const language = useLanguage();
  const theme = useTheme();
  const rise = useRise();
  const otherTheme = theme === "dark" ? words.light : words.dark;
  return (
    <>
      <Button
        look="quiet"
        title={rise === "red" ? words.toGreen : words.toRed}
        onClick={() => setRise(rise === "red" ? "green" : "red")}
      >
        <span aria-hidden="true">
          <span className="text-rise">▲</span>
          <span className="text-fall">▼</span>
        </span>
        {rise === "red" ? words.riseRed : words.riseGreen}
      </Button>
      <Button look="quiet" onClick={() => setTheme(theme === "dark" ? "light" : "dark")}>
        {otherTheme}
      </Button>
      <Button
        look="quiet"
        lang={language === "zh" ? "en" : "zh-CN"}
        onClick={() => setLanguage(language === "zh" ? "en" : "zh")}
      >
        {language === "zh" ? "English" : "中文"}
      </Button>
    </>
  );
}
