/** What each group of the context's fields is given. */
import type { ReactNode } from "react";
import type { Wish } from "@/jobs/context";

export interface WishProps {
  wish: Wish;
  set: (change: Partial<Wish>) => void;
  /** What is wrong with a field, as an element; nothing where it is right. */
  wrong: (key: keyof Wish) => ReactNode;
}
