import type { ReactNode } from "react";

/** `value` of 0 to 100; null: nobody knows how far. */
export function Progress({ value, label, children }: { value: number | null; label: string; children?: ReactNode }) {
  return (
    <div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={value ?? undefined}
        className="h-2 overflow-hidden rounded-full bg-line"
      >
        <div
          className={value === null ? "h-full w-1/3 animate-pulse bg-accent" : "h-full bg-accent transition-[width]"}
          ref={(bar) => {
            if (bar && value !== null) bar.style.width = `${value}%`;
          }}
        />
      </div>
      {children && <p className="mt-1 text-xs text-ink-soft">{children}</p>}
    </div>
  );
}
