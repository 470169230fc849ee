"use client";
/** A link from a mail that did not work leads here; its reason stands behind the # of the address. */
import { useEffect, useState } from "react";
import { linkRefusal } from "@/session/refusals";
import { InText } from "@/ui/prose";
import { useLanguage, useWords, type Words } from "@/words/language";

const WORDS: Words<{ signIn: string }> = { zh: { signIn: "去登录页" }, en: { signIn: "To the sign-in page" } };

export function LinkFailed() {
  const words = useWords(WORDS);
  const language = useLanguage();
  const [hash, setHash] = useState("");
  useEffect(() => setHash(window.location.hash), []);
  const refused = linkRefusal(hash, language);
  if (!refused) return null;
  return (
    <p role="alert" className="mb-4 rounded-lg border border-bad bg-bad-ground p-3 text-bad">
      {refused} <InText href="/sign-in/">{words.signIn}</InText>
    </p>
  );
}
