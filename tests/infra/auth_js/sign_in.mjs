// What a browser does with auth-js, step by step; prints what came of each step as one JSON object.
import { GoTrueAdminApi, GoTrueClient } from "@supabase/auth-js";

const [url, email, password, serviceKey] = process.argv.slice(2);

function client() {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  return new GoTrueClient({ url: `${url}/auth/v1`, headers: { apikey: "sb_publishable_local" }, storage, storageKey: "lianghu", autoRefreshToken: false });
}

const told = {};
async function step(name, call) {
  const { data, error } = await call;
  told[name] = error ? { error: error.code ?? error.name, status: error.status } : data ?? null;
  return data;
}

const here = client();
const there = client();
const events = [];
here.onAuthStateChange((event) => events.push(event));

await step("sign_up", here.signUp({ email, password, options: { data: { nickname: "湖" } } }));
await step("sign_up_again", there.signUp({ email, password }));
await step("weak", there.signUp({ email: `x${email}`, password: "short" }));
await step("wrong", there.signInWithPassword({ email, password: "wrong password" }));
const { session: first } = await step("sign_in", there.signInWithPassword({ email, password }));
await step("claims", there.getClaims());
const { session: second } = await step("refresh", there.refreshSession());
await step("user", there.getUser());
await step("update", there.updateUser({ data: { nickname: "山" } }));
await step("same_password", there.updateUser({ password }));
await step("new_password", there.updateUser({ password: `${password}!` }));
await step("elsewhere_after_new_password", here.getUser());
await step("no_mail", there.resetPasswordForEmail(email));

const third = client();
await step("set_session", third.setSession({ access_token: second.access_token, refresh_token: second.refresh_token }));
await step("sign_out", there.signOut({ scope: "global" }));
await step("after_sign_out", there.getSession());
await step("refresh_after_sign_out", client().refreshSession({ refresh_token: second.refresh_token }));

const admin = new GoTrueAdminApi({ url: `${url}/auth/v1`, headers: { apikey: serviceKey, Authorization: `Bearer ${serviceKey}` } });
const invited = await step("invite", admin.generateLink({ type: "invite", email: `invited-${email}` }));
const guest = client();
await step("verify", guest.verifyOtp({ token_hash: invited.properties.hashed_token, type: "invite" }));
await step("set_password", guest.updateUser({ password }));
await step("guest_signs_in", client().signInWithPassword({ email: `invited-${email}`, password }));
await step("list", admin.listUsers({ page: 1, perPage: 2 }));

told.rotated = first.refresh_token !== second.refresh_token;
told.events = events;
console.log(JSON.stringify(told));
