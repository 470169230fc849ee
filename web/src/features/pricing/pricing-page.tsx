"use client";
import { useWords } from "@/words/language";
import { WORDS } from "./words";

export function PricingPage() {
  const words = useWords(WORDS);
  return (
    <>
      <h1 className="mb-4 text-2xl font-semibold">{words.title}</h1>
      <p>{words.lead}</p>
    </>
  );
}
