"use client";
/** What is only there for somebody; whoever is not signed in is asked to, and comes back. */
import { usePathname, useRouter } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { Skeleton } from "@/ui/states";
import { signInFor } from "./next";
import { useSession } from "./use-session";

export function SignedIn({ children }: { children: ReactNode }) {
  const session = useSession();
  const router = useRouter();
  const path = usePathname();
  const out = session.status === "out";
  useEffect(() => {
    if (out) router.replace(signInFor(`${path}${window.location.search}${window.location.hash}`));
  }, [out, path, router]);
  if (session.status === "asking" || out) return <Skeleton className="h-64" />;
  return children;
}
