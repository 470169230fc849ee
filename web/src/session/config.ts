/** What differs between installations, read at run time, so that one build serves them all. */
import { reached } from "@/api/errors";

export interface Config {
  /** Of Supabase; its Auth is under /auth/v1. Empty: where the page comes from. */
  supabaseUrl: string;
  supabaseAnonKey: string;
  /** An account to look around in, where the installation has one. */
  demo: { email: string; password: string } | null;
  /** Whether people may make their own account. */
  signUp: boolean;
}

let known: Promise<Config> | undefined;

export function config(): Promise<Config> {
  known ??= reached(fetch("/config.json", { cache: "no-cache" })).then(async (response) => {
    if (!response.ok) throw new Error(`/config.json: HTTP ${response.status}`);
    return (await response.json()) as Config;
  });
  known.catch(() => {
    known = undefined; // the next one asks again
  });
  return known;
}
