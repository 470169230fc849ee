import type { ButtonHTMLAttributes, ComponentProps, ReactNode } from "react";
import { classes } from "./classes";
import { PlaceLink } from "./place-link";
import { Spinner } from "./spinner";

type Look = "primary" | "plain" | "quiet" | "danger";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong border-transparent",
  plain: "bg-surface text-ink border-line-strong hover:bg-accent-ground",
  quiet: "bg-transparent text-ink border-transparent hover:bg-accent-ground",
  danger: "bg-surface text-bad border-bad hover:bg-bad-ground",
};
const SHAPE =
  "inline-flex min-h-9 items-center justify-center gap-1.5 rounded-md border px-3 py-1 text-sm font-medium no-underline whitespace-nowrap disabled:opacity-50 disabled:cursor-not-allowed";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  /** It was pressed, and what it does goes on. */
  busy?: boolean;
}

export function Button({ look = "plain", busy = false, className, children, disabled, type, ...rest }: Props) {
  return (
    <button
      type={type ?? "button"}
      className={classes(SHAPE, LOOKS[look], className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
}

export function ButtonLink({
  look = "plain",
  className,
  children,
  ...rest
}: ComponentProps<typeof PlaceLink> & { look?: Look; children: ReactNode }) {
  return (
    <PlaceLink className={classes(SHAPE, LOOKS[look], className)} {...rest}>
      {children}
    </PlaceLink>
  );
}
