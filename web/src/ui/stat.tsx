import type { ReactNode } from "react";

/** One figure with its name; `name` is the API's key, by which tests and people find where it comes from. */
export function Stat({
  label,
  children,
  name,
  hint,
}: {
  label: string;
  children: ReactNode;
  name?: string;
  hint?: string;
}) {
  return (
    <div className="min-w-0" data-metric={name} title={hint}>
      <dt className="truncate text-xs text-ink-soft">{label}</dt>
      <dd className="text-lg font-semibold">{children}</dd>
    </div>
  );
}
