"use client";
/** What is only there for somebody; whoever is not signed in is asked to, and comes back. */
import { useQuery } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { auth } from "@/session/auth";
import { config } from "@/session/config";
import { signInFor } from "@/session/next";
import { useSession } from "@/session/use-session";
import { Failure, Skeleton } from "@/ui/states";

export function SignedIn({ children }: { children: ReactNode }) {
  const session = useSession();
  const router = useRouter();
  const path = usePathname();
  const out = session.status === "out";
  useEffect(() => {
    if (out) router.replace(signInFor(`${path}${window.location.search}${window.location.hash}`));
  }, [out, path, router]);
  const installed = useQuery({ queryKey: ["config"], queryFn: config, staleTime: Number.POSITIVE_INFINITY });
  if (session.status === "asking" && installed.error) {
    return <Failure error={installed.error} again={() => void installed.refetch().then(auth)} />;
  }
  if (session.status === "asking" || out) return <Skeleton className="h-64" />;
  return children;
}
