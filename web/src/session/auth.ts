/** Who is signed in, by Supabase Auth; the one place that has the token. */
import { AuthClient, isAuthRetryableFetchError } from "@supabase/auth-js";
import { config } from "./config";
import { become, type State } from "./state";

export type { State } from "./state";

type Client = InstanceType<typeof AuthClient>;

const KEPT = "lianghu.session";
const LEFT = "lianghu.left";
/** Within this time another tab learns that somebody signed out here. */
const NEWS_MS = 10_000;
/** For the service's word on a sign-out. */
const PATIENCE_MS = 3_000;

let client: Promise<Client> | undefined;
let state: State = { status: "asking" };
/** What a link from a mail, by which the page was opened, is for; read before the client takes it out of the address. */
let link = "";
/** How many sign-ins and sign-outs of this tab are going on. */
let acting = 0;
const listeners = new Set<() => void>();

function tell(next: State): void {
  state = next;
  for (const listener of listeners) listener();
}

export function auth(): Promise<Client> {
  client ??= config().then((known) => {
    link = new URLSearchParams(window.location.hash.slice(1)).get("type") ?? link;
    const made = new AuthClient({
      url: `${known.supabaseUrl || window.location.origin}/auth/v1`,
      headers: { apikey: known.supabaseAnonKey },
      storageKey: KEPT,
      autoRefreshToken: true,
      persistSession: true,
      detectSessionInUrl: true,
    });
    made.onAuthStateChange((_event, session) => {
      tell(become(state, { session, meant: acting > 0 || (!session && leftJustNow()) }));
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

/** "password": the page was opened by a link of somebody who has to choose one. */
export const linkMeans = (): "password" | null => (link === "recovery" || link === "invite" ? "password" : null);

export const current = (): State => state;

/** Null: nobody is signed in. Renewed where it is about to end; while the session has ended, whoever asks waits until it goes on. */
export async function accessToken(): Promise<string | null> {
  const known = await auth();
  await goesOn();
  const { data, error } = await known.getSession();
  if (error && isAuthRetryableFetchError(error)) throw error; // no connection is no reason to ask for a password
  await goesOn();
  return data.session?.access_token ?? null;
}

function goesOn(): Promise<void> {
  if (state.status !== "ended") return Promise.resolve();
  return new Promise((done) => {
    const stop = subscribe(() => {
      if (state.status === "ended") return;
      stop();
      done();
    });
  });
}

/** The API takes the token no more. */
export function sessionEnded(): void {
  if (state.status === "in") tell(become(state, { session: null, meant: false }));
}

async function act<T>(action: () => Promise<T>): Promise<T> {
  acting += 1;
  try {
    return await action();
  } finally {
    acting -= 1;
  }
}

export function signIn(email: string, password: string): Promise<void> {
  return act(async () => {
    const { error } = await (await auth()).signInWithPassword({ email: email.trim(), password });
    if (error) throw error;
  });
}

/** "confirm": a mail with a link was sent first. */
export function signUp(email: string, password: string): Promise<"in" | "confirm"> {
  return act(async () => {
    const { data, error } = await (await auth()).signUp({
      email: email.trim(),
      password,
      options: { emailRedirectTo: home() },
    });
    if (error) throw error;
    return data.session ? "in" : "confirm";
  });
}

export function signOut(): Promise<void> {
  return act(async () => {
    remember(LEFT, String(Date.now()));
    const told = (await auth()).signOut({ scope: "local" });
    const silence = new Promise<"silence">((done) => setTimeout(() => done("silence"), PATIENCE_MS));
    const answer = await Promise.race([told, silence]);
    // Whatever the service says, or if it says nothing, this browser forgets the session.
    if (answer === "silence" || answer.error) forget(KEPT);
    tell({ status: "out" });
  });
}

/** Every other browser and device that is signed in as the same person is so no more. */
export async function signOutElsewhere(): Promise<void> {
  const { error } = await (await auth()).signOut({ scope: "others" });
  if (error) throw error;
}

/** The mail that confirms an address, once more. */
export async function mailAgain(email: string): Promise<void> {
  const { error } = await (await auth()).resend({
    type: "signup",
    email: email.trim(),
    options: { emailRedirectTo: home() },
  });
  if (error) throw error;
}

/** A mail with a link that signs in, so that a forgotten password can be replaced. */
export async function mailLink(email: string): Promise<void> {
  const { error } = await (await auth()).resetPasswordForEmail(email.trim(), {
    redirectTo: `${window.location.origin}/account/`,
  });
  if (error) throw error;
}

export async function changePassword(password: string): Promise<void> {
  const { error } = await (await auth()).updateUser({ password });
  if (error) throw error;
  link = "";
}

const home = () => `${window.location.origin}/`;

function leftJustNow(): boolean {
  try {
    return Date.now() - Number(localStorage.getItem(LEFT)) < NEWS_MS;
  } catch {
    return false;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // other tabs ask whether to sign in again
  }
}

function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
}
