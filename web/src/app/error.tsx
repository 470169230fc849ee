"use client";
import { Fallen } from "@/ui/fallen";

export default function Fault({ error }: { error: Error }) {
  return <Fallen error={error} heading />;
}
