"use client";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { saveFile } from "@/api/save";
import { Button } from "./button";
import { Failure } from "./states";

/** Saves a file of the API under `name`; says what went wrong beside itself. */
export function SaveButton({ path, name, children }: { path: string; name: string; children: ReactNode }) {
  const save = useMutation({ mutationFn: () => saveFile(path, name) });
  return (
    <>
      <Button busy={save.isPending} onClick={() => save.mutate()}>
        {children}
      </Button>
      {save.error && <Failure error={save.error} />}
    </>
  );
}
