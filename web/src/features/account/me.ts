"use client";
/** The account that is signed in, as the API knows it. */
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";

export type Me = Schemas["MeShown"];
export type Quota = Me["quotas"][number];

export const useMe = (enabled = true) =>
  useQuery({ queryKey: ["me"], queryFn: () => bodyOf(api.GET("/api/me")), enabled });
