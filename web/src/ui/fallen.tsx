"use client";
/** What stands in the place of something that fell: a part of the site that did not load (no connection, a newer version is out), or a fault of it. */
import { Component, type ReactNode } from "react";
import { useWords, type Words } from "@/words/language";
import { Button } from "./button";

interface Said {
  title: string;
  text: string;
  reload: string;
}

const WORDS: Words<Said> = {
  zh: {
    title: "这里没能显示出来",
    text: "可能是网络断了，或者网站刚更新过，重新载入通常就好；已提交的和写到一半的都不会丢。",
    reload: "重新载入",
  },
  en: {
    title: "This could not be shown",
    text: "The connection may be down, or the site has just been renewed. Loading the page again usually helps; nothing submitted or half written is lost.",
    reload: "Load the page again",
  },
};

export function Fallen({ error, heading = false }: { error: Error; heading?: boolean }) {
  const words = useWords(WORDS);
  const Title = heading ? "h1" : "p";
  return (
    <div role="alert" className="rounded-lg border border-bad bg-bad-ground p-4">
      <Title className="font-medium text-bad">{words.title}</Title>
      <p className="mt-1">{words.text}</p>
      <div className="mt-2 flex flex-wrap items-center gap-3 text-xs text-ink-soft">
        <code className="min-w-0 wrap-anywhere">{error.message}</code>
        {/* What failed to load is remembered as failed until the page begins anew. */}
        <Button className="ml-auto" onClick={() => window.location.reload()}>
          {words.reload}
        </Button>
      </div>
    </div>
  );
}

/** Keeps the rest of the page where a part of it falls. */
export class Contained extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    return this.state.error ? <Fallen error={this.state.error} /> : this.props.children;
  }
}
