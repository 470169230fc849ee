"use client";
/** A new API key: what it may do, for how long; then its secret, this once. */
import { type FormEvent, useRef, useState } from "react";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Input, Select } from "@/ui/field";
import { Failure } from "@/ui/states";
import { useWords } from "@/words/language";
import { KEYS } from "./key-words";
import { useNewKey } from "./keys";
import type { Scope } from "./words";

const SCOPES = ["read", "run", "strategies", "share"] as const satisfies readonly Scope[];
const DAYS = [7, 30, 90, 365] as const;
const EVER = "";

export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const words = useWords(KEYS);
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["read", "run"]);
  const [days, setDays] = useState("90");
  const [none, setNone] = useState(false);
  const made = useNewKey();
  if (made.data) return <Secret secret={made.data.key} onClose={onClose} />;

  function submit(event: FormEvent): void {
    event.preventDefault();
    setNone(scopes.length === 0);
    if (!scopes.length) return;
    made.mutate({ name: name.trim(), scopes: [...scopes], days: days === EVER ? null : Number(days) });
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={words.newTitle}>
      <form onSubmit={submit} className="grid gap-4">
        <div className="grid gap-3 sm:grid-cols-[1fr_9rem]">
          <Input
            label={words.name}
            hint={words.nameHint}
            value={name}
            required
            maxLength={100}
            onChange={(event) => setName(event.target.value)}
          />
          <Select label={words.days} value={days} onChange={(event) => setDays(event.target.value)}>
            {DAYS.map((each) => (
              <option key={each} value={each}>
                {words.forDays(each)}
              </option>
            ))}
            <option value={EVER}>{words.ever}</option>
          </Select>
        </div>
        <fieldset>
          <legend className="mb-1 text-xs font-medium text-ink-soft">{words.scopes}</legend>
          {SCOPES.map((scope) => (
            <label key={scope} className="flex min-h-9 items-center gap-2">
              <input
                type="checkbox"
                className="size-4 accent-accent"
                checked={scopes.includes(scope)}
                onChange={(event) =>
                  setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((each) => each !== scope))
                }
              />
              {words.scope[scope]}
              <span className="text-xs text-ink-soft">{words.scopeText[scope]}</span>
            </label>
          ))}
          {none && (
            <p role="alert" className="text-xs text-bad">
              {words.needsScope}
            </p>
          )}
        </fieldset>
        {made.error && <Failure error={made.error} />}
        <div>
          <Button type="submit" look="primary" busy={made.isPending}>
            {words.create}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const words = useWords(KEYS);
  const place = useRef<HTMLElement>(null);
  const [said, setSaid] = useState("");

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(secret);
      setSaid(words.copied);
    } catch {
      if (place.current) window.getSelection()?.selectAllChildren(place.current);
      setSaid(words.notCopied);
    }
  }

  return (
    <Dialog open onOpenChange={() => undefined} closable={false} title={words.onceTitle} description={words.once}>
      <code
        ref={place}
        data-testid="secret"
        className="block rounded-md border border-line-strong bg-ground p-3 font-mono text-xs break-all select-all"
      >
        {secret}
      </code>
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <Button look="primary" onClick={() => void copy()}>
          {words.copy}
        </Button>
        <Button onClick={onClose}>{words.done}</Button>
        <span role="status" className="text-xs text-ink-soft">
          {said}
        </span>
      </div>
    </Dialog>
  );
}
