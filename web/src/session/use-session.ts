"use client";
/** The session for components. On the server, and until it is known, it is being asked for. */
import { useEffect, useSyncExternalStore } from "react";
import { auth, current, type State, subscribe } from "./auth";

const ASKING: State = { status: "asking" };

export function useSession(): State {
  useEffect(() => {
    auth().catch(() => undefined); // who has no configuration sees it where something is asked of the API
  }, []);
  return useSyncExternalStore(subscribe, current, () => ASKING);
}
