/** What a page of questions and answers says. */

interface Question {
  /** The part of the address that leads to it. */
  id: string;
  ask: string;
  answer: readonly string[];
  /** Where to go on. */
  to?: { href: string; label: string };
}

export interface FaqWords {
  title: string;
  lead: string;
  groups: readonly { title: string; questions: readonly Question[] }[];
  missing: string;
  feedback: string;
}
