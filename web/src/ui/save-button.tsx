"use client";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { saveFile } from "@/api/save";
import { Button } from "./button";
import { Failure } from "./states";

interface Props {
  path: string;
  name: string;
  /** Of its text, what is wanted. */
  cut?: (text: string) => string;
  children: ReactNode;
}

/** Saves a file of the API under `name`; says what went wrong beside itself. */
export function SaveButton({ path, name, cut, children }: Props) {
  const save = useMutation({ mutationFn: () => saveFile(path, name, cut) });
  return (
    <>
      <Button busy={save.isPending} onClick={() => save.mutate()}>
        {children}
      </Button>
      {save.error && <Failure error={save.error} />}
    </>
  );
}
