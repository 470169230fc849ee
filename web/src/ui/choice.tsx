"use client";
import * as Radix from "@radix-ui/react-toggle-group";
import type { ReactNode } from "react";

/** One of a few, all of them in sight. */
export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: ReactNode }[];
  onChange: (value: T) => void;
}) {
  return (
    <Radix.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => next && onChange(next as T)}
      className="inline-flex max-w-full flex-wrap rounded-md border border-line-strong bg-surface p-0.5"
    >
      {options.map((option) => (
        <Radix.Item
          key={option.value}
          value={option.value}
          className="min-h-7 rounded px-2.5 text-xs whitespace-nowrap pointer-coarse:min-h-9 text-ink-soft hover:text-ink data-[state=on]:bg-accent data-[state=on]:font-medium data-[state=on]:text-on-accent"
        >
          {option.label}
        </Radix.Item>
      ))}
    </Radix.Root>
  );
}
