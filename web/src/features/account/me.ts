"use client";
/** The account that is signed in, as the API knows it. */
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";

export type Me = Schemas["MeShown"];
export type Quota = Me["quotas"][number];

export const useMe = (enabled = true) =>
  useQuery({ queryKey: ["me"], queryFn: () => bodyOf(api.GET("/api/me")), enabled });

/** From this part of a quota on the API has a notice about it. */
const NEARLY = 0.8;

/** A quota with its use, and whether there is little left of it. */
export function stateOf(quota: Quota): "fine" | "nearly" | "used up" {
  if (quota.used >= quota.limit) return "used up";
  return quota.used >= NEARLY * quota.limit ? "nearly" : "fine";
}

/** What the operator tells everybody: notices begin with one for each quota that is nearly used up, which pages show themselves. */
export const announcements = (me: Me): string[] =>
  me.notices.slice(me.quotas.filter((quota) => stateOf(quota) !== "fine").length);
