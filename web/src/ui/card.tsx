import type { ReactNode } from "react";
import { classes } from "./classes";
import { Contained } from "./fallen";

interface Props {
  title?: ReactNode;
  /** At the end of the title's line. */
  actions?: ReactNode;
  className?: string;
  children: ReactNode;
}

export function Card({ title, actions, className, children }: Props) {
  return (
    <section className={classes("rounded-lg border border-line bg-surface p-4", className)}>
      {(title || actions) && (
        <header className="mb-3 flex flex-wrap items-center gap-2">
          {title && <h2 className="text-base font-semibold">{title}</h2>}
          {actions && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      <Contained>{children}</Contained>
    </section>
  );
}
