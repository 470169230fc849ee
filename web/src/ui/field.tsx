"use client";
import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import { classes } from "./classes";

export const CONTROL =
  "min-h-9 w-full rounded-md border border-line-strong bg-surface px-2.5 py-1 text-sm text-ink placeholder:text-ink-soft aria-[invalid=true]:border-bad disabled:opacity-60";

interface Frame {
  label: ReactNode;
  /** Small words below: a unit, what is usual. */
  hint?: ReactNode;
  problem?: ReactNode;
  className?: string;
}

function Framed({ id, label, hint, problem, className, children }: Frame & { id: string; children: ReactNode }) {
  return (
    <div className={classes("min-w-0", className)}>
      <label htmlFor={id} className="mb-1 block text-xs font-medium text-ink-soft">
        {label}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-xs text-ink-soft">
          {hint}
        </p>
      )}
      {problem && (
        <p id={`${id}-problem`} role="alert" className="mt-1 text-xs text-bad">
          {problem}
        </p>
      )}
    </div>
  );
}

const described = (id: string, { hint, problem }: Pick<Frame, "hint" | "problem">) =>
  [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ") || undefined;

export function Input({ label, hint, problem, className, ...rest }: Frame & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <Framed id={id} label={label} hint={hint} problem={problem} className={className}>
      <input
        id={id}
        className={CONTROL}
        aria-invalid={problem ? true : undefined}
        aria-describedby={described(id, { hint, problem })}
        {...rest}
      />
    </Framed>
  );
}

export function Select({
  label,
  hint,
  problem,
  className,
  children,
  ...rest
}: Frame & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId();
  return (
    <Framed id={id} label={label} hint={hint} problem={problem} className={className}>
      <select
        id={id}
        className={CONTROL}
        aria-invalid={problem ? true : undefined}
        aria-describedby={described(id, { hint, problem })}
        {...rest}
      >
        {children}
      </select>
    </Framed>
  );
}

export function TextArea({
  label,
  hint,
  problem,
  className,
  ...rest
}: Frame & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  return (
    <Framed id={id} label={label} hint={hint} problem={problem} className={className}>
      <textarea
        id={id}
        rows={3}
        className={CONTROL}
        aria-invalid={problem ? true : undefined}
        aria-describedby={described(id, { hint, problem })}
        {...rest}
      />
    </Framed>
  );
}
