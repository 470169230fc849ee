/** Who is signed in, by Supabase Auth; the one place that has the token. */
import { AuthClient, type Session } from "@supabase/auth-js";
import { config } from "./config";

export type State =
  | { status: "asking" }
  | { status: "out" }
  | { status: "in"; session: Session }
  /** Somebody was signed in, and is no more: what they were at stays on the page. */
  | { status: "ended"; email: string };

type Client = InstanceType<typeof AuthClient>;

let client: Promise<Client> | undefined;
let state: State = { status: "asking" };
const listeners = new Set<() => void>();

function tell(next: State): void {
  state = next;
  for (const listener of listeners) listener();
}

export function auth(): Promise<Client> {
  client ??= config().then((known) => {
    const made = new AuthClient({
      url: `${known.supabaseUrl || window.location.origin}/auth/v1`,
      headers: { apikey: known.supabaseAnonKey },
      storageKey: "lianghu.session",
      autoRefreshToken: true,
      persistSession: true,
      detectSessionInUrl: true,
    });
    made.onAuthStateChange((_event, session) => {
      if (session) tell({ status: "in", session });
      else if (state.status !== "ended") tell({ status: "out" });
    });
    return made;
  });
  client.catch(() => {
    client = undefined;
  });
  return client;
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const current = (): State => state;

/** Null: nobody is signed in. Renewed where it is about to end. */
export async function accessToken(): Promise<string | null> {
  const { data } = await (await auth()).getSession();
  return data.session?.access_token ?? null;
}

/** The API takes the token no more. */
export function sessionEnded(): void {
  if (state.status === "in") tell({ status: "ended", email: state.session.user.email ?? "" });
}

export async function signIn(email: string, password: string): Promise<void> {
  const { error } = await (await auth()).signInWithPassword({ email, password });
  if (error) throw error;
}

export async function signUp(email: string, password: string): Promise<"in" | "confirm"> {
  const { data, error } = await (await auth()).signUp({ email, password });
  if (error) throw error;
  return data.session ? "in" : "confirm";
}

export async function signOut(): Promise<void> {
  await (await auth()).signOut({ scope: "local" });
  tell({ status: "out" });
}
