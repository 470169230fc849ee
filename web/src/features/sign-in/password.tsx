"use client";
/** A password that can be looked at before it is sent. */
import { type InputHTMLAttributes, type ReactNode, useState } from "react";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";
import { useWords } from "@/words/language";
import { WORDS } from "./words";

export const LEAST_CHARACTERS = 8;

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "type" | "onChange"> {
  label: ReactNode;
  hint?: ReactNode;
  problem?: ReactNode;
  onChange: (password: string) => void;
}

export function Password({ onChange, ...rest }: Props) {
  const words = useWords(WORDS);
  const [shown, setShown] = useState(false);
  return (
    <div className="flex items-start gap-2">
      <Input
        {...rest}
        className="flex-1"
        type={shown ? "text" : "password"}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      <Button
        look="quiet"
        className="mt-[1.375rem]"
        aria-pressed={shown}
        aria-label={words.show}
        title={shown ? words.hide : words.show}
        onClick={() => setShown(!shown)}
      >
        <Eye open={shown} />
      </Button>
    </div>
  );
}

function Eye({ open }: { open: boolean }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 20 20" className="size-4 fill-none stroke-current stroke-[1.5]">
      <path d="M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.5 15.5 10 15.5 1.5 10 1.5 10Z" />
      <circle cx="10" cy="10" r="2.5" />
      {!open && <path d="M3 17 17 3" />}
    </svg>
  );
}
