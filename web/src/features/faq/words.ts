import type { Words } from "@/words/language";
import type { FaqWords } from "./shape";
import { EN } from "./words-en";
import { ZH } from "./words-zh";

export const WORDS: Words<FaqWords> = { zh: ZH, en: EN };
