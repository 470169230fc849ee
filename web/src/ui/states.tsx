"use client";
/** What a page shows while there is nothing, nothing yet, or something went wrong. */
import type { ReactNode } from "react";
import { apiError } from "@/api/errors";
import { useWords, type Words } from "@/words/language";
import { Button } from "./button";
import { classes } from "./classes";

interface Said {
  again: string;
  offline: string;
  unreadable: string;
  request: (id: string) => string;
  line: (line: number, column: number | null) => string;
}

const WORDS: Words<Said> = {
  zh: {
    again: "再试一次",
    offline: "连不上服务器。请检查网络后再试。",
    unreadable: "服务器的回答读不懂。请稍后再试；若一直如此，请把下面的代码告诉我们。",
    request: (id) => `请求编号 ${id}`,
    line: (line, column) => `第 ${line} 行${column ? ` 第 ${column} 列` : ""}`,
  },
  en: {
    again: "Try again",
    offline: "The server cannot be reached. Check the connection and try again.",
    unreadable: "The server's answer cannot be read. Try again later; if it stays so, tell us the code below.",
    request: (id) => `Request ${id}`,
    line: (line, column) => `line ${line}${column ? `, column ${column}` : ""}`,
  },
};

/** What an error says, in the reader's language where it is this page's own. */
export function useMessage(): (error: unknown) => string {
  const words = useWords(WORDS);
  return (error) => {
    const { code, message } = apiError(error);
    if (code === "NETWORK") return words.offline;
    return code === "UNREADABLE_ANSWER" ? words.unreadable : message;
  };
}

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={classes("animate-pulse rounded-md bg-line", className)} />;
}

/** `children` is what to do next. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-3 rounded-lg border border-dashed border-line-strong p-8 text-center">
      <p className="text-base font-medium">{title}</p>
      {children && <div className="text-ink-soft">{children}</div>}
    </div>
  );
}

/** All that the API said: its message, every problem with its place and hint, and the request's id. */
export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  const words = useWords(WORDS);
  const message = useMessage();
  const said = apiError(error);
  return (
    <div role="alert" className="rounded-lg border border-bad bg-bad-ground p-4">
      <p className="font-medium text-bad">{message(error)}</p>
      {said.problems.length > 0 && (
        <ul className="mt-2 list-disc space-y-1 pl-5">
          {said.problems.map((problem) => (
            <li key={`${problem.field}|${problem.line}|${problem.message}`}>
              <code className="font-mono text-xs">{problem.field}</code>{" "}
              {problem.line && (
                <span className="text-ink-soft">{words.line(problem.line, problem.column ?? null)} </span>
              )}
              {problem.message}
              {problem.hint && <span className="block text-ink-soft">{problem.hint}</span>}
            </li>
          ))}
        </ul>
      )}
      <div className="mt-2 flex flex-wrap items-center gap-3 text-xs text-ink-soft">
        <code>{said.code}</code>
        {said.requestId && <span className="select-all">{words.request(said.requestId)}</span>}
        {again && (
          <Button onClick={again} className="ml-auto">
            {words.again}
          </Button>
        )}
      </div>
    </div>
  );
}
