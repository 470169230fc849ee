"use client";
/** A link that is fetched ahead only when somebody is about to follow it, not whenever it is in sight. */
import Link from "next/link";
import { useRouter } from "next/navigation";
import type { ComponentProps } from "react";

export function PlaceLink({ href, ...rest }: Omit<ComponentProps<typeof Link>, "href"> & { href: string }) {
  const router = useRouter();
  const ahead = () => router.prefetch(href);
  return <Link href={href} prefetch={false} onPointerEnter={ahead} onFocus={ahead} {...rest} />;
}
