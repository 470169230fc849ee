"use client";
import * as Radix from "@radix-ui/react-tabs";
import type { ReactNode } from "react";
import { Contained } from "./fallen";

export interface Tab {
  key: string;
  label: ReactNode;
  content: ReactNode;
}

/** Only the open one's content is there. */
export function Tabs({
  tabs,
  value,
  onChange,
  label,
}: {
  tabs: readonly Tab[];
  value: string;
  onChange: (key: string) => void;
  label: string;
}) {
  return (
    <Radix.Root value={value} onValueChange={onChange}>
      <Radix.List aria-label={label} className="flex flex-wrap gap-x-1 border-b border-line">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.key}
            value={tab.key}
            className="-mb-px min-h-9 border-b-2 border-transparent px-3 text-sm whitespace-nowrap text-ink-soft hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.key} value={tab.key} className="pt-4">
          <Contained>{tab.content}</Contained>
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
