"use client";
/** The first page. Built as strangers see it, so that it is there at once; whoever is signed in gets their own. */
import { useInstalled } from "@/features/sign-in/demo-button";
import { useSession } from "@/session/use-session";
import { AtHome } from "./at-home";
import { LinkFailed } from "./link-failed";
import { Stranger } from "./stranger";

export function Welcome() {
  const { status } = useSession();
  const unknown = useInstalled().isError; // nobody will know who it is
  return (
    <>
      <LinkFailed />
      {status === "in" || status === "ended" ? (
        <AtHome />
      ) : (
        // Whoever was signed in last time is not shown the strangers' page while the session is asked for (see boot.js).
        <div className={status === "asking" && !unknown ? "in-[[data-session=kept]]:invisible" : undefined}>
          <Stranger />
        </div>
      )}
    </>
  );
}
