"use client";
/** Answers of the API are somebody's: whoever comes after them on the same page sees none of them. */
import { useQueryClient } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { linkMeans } from "@/session/auth";
import { personOf } from "@/session/state";
import { useSession } from "@/session/use-session";

export function Whose() {
  const session = useSession();
  const queries = useQueryClient();
  const router = useRouter();
  const path = usePathname();
  const person = personOf(session)?.userId ?? null;
  const before = useRef(person);

  useEffect(() => {
    const was = before.current;
    before.current = person;
    if (was === null || was === person) return;
    queries.removeQueries({ type: "inactive" });
    void queries.resetQueries();
  }, [person, queries]);

  // Whoever came by a link from a mail has no password, or has forgotten it.
  const setsPassword = session.status === "in" && linkMeans() === "password";
  useEffect(() => {
    if (setsPassword && path !== "/account/") router.replace("/account/");
  }, [setsPassword, path, router]);
  return null;
}
