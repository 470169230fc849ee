"use client";
/** What a page shows while there is nothing, nothing yet, or something went wrong. */
import type { ReactNode } from "react";
import { type ApiError, apiError } from "@/api/errors";
import { useWords, type Words } from "@/words/language";
import { Button } from "./button";
import { classes } from "./classes";

interface Said {
  again: string;
  offline: string;
  unreadable: string;
  /** Of the API's codes that mean the same whatever was asked; its own message, in English, stands below. */
  codes: Readonly<Record<string, string>>;
  later: (seconds: number) => string;
  request: (id: string) => string;
  line: (line: number, column: number | null) => string;
}

const WORDS: Words<Said> = {
  zh: {
    again: "再试一次",
    offline: "连不上服务器。请检查网络后再试。",
    unreadable: "服务器的回答读不懂。请稍后再试；若一直如此，请把下面的代码告诉我们。",
    codes: {
      NOT_FOUND: "没有找到：可能已经删除、地址不完整，或者属于别的账户。",
      FORBIDDEN: "这个账户不能这样做。",
      CONFLICT: "和已有的内容或现在的状态冲突。",
      RATE_LIMITED: "请求太频繁，或用完了限额。",
      INTERNAL_ERROR: "服务器内部出错。若一直如此，请把下面的请求编号告诉我们。",
      UPSTREAM_ERROR: "服务器的一部分暂时没有回答，请稍后再试。",
    },
    later: (seconds) => `请等 ${seconds} 秒再试。`,
    request: (id) => `请求编号 ${id}`,
    line: (line, column) => `第 ${line} 行${column ? ` 第 ${column} 列` : ""}`,
  },
  en: {
    again: "Try again",
    offline: "The server cannot be reached. Check the connection and try again.",
    unreadable: "The server's answer cannot be read. Try again later; if it stays so, tell us the code below.",
    codes: {
      NOT_FOUND:
        "Not found: it may have been deleted, the address may be incomplete, or it belongs to another account.",
      FORBIDDEN: "This account may not do that.",
      CONFLICT: "This conflicts with what is there already.",
      RATE_LIMITED: "Too many requests, or a limit is used up.",
      INTERNAL_ERROR: "Something went wrong on the server. If it stays so, tell us the request below.",
      UPSTREAM_ERROR: "A part of the server does not answer. Try again in a moment.",
    },
    later: (seconds) => `Wait ${seconds} seconds before you try again.`,
    request: (id) => `Request ${id}`,
    line: (line, column) => `line ${line}${column ? `, column ${column}` : ""}`,
  },
};

/** What an error is in the reader's language, and what the API said of it; either may be empty. */
function useSaid(): (error: unknown) => { lead: string; own: string } {
  const words = useWords(WORDS);
  return (error) => {
    const { code, message } = apiError(error);
    if (code === "NETWORK") return { lead: words.offline, own: "" };
    if (code === "UNREADABLE_ANSWER") return { lead: words.unreadable, own: "" };
    return { lead: words.codes[code] ?? "", own: message };
  };
}

/** In one line. */
export function useMessage(): (error: unknown) => string {
  const said = useSaid();
  return (error) => {
    const { lead, own } = said(error);
    return [lead, own].filter(Boolean).join(" ");
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

const tellsItsOnlyProblem = ({ message, problems: [first, ...more] }: ApiError): boolean =>
  !!first && more.length === 0 && !first.line && !first.hint && message === `${first.field}: ${first.message}`;

/** All that the API said: its message, every problem with its place and hint, and the request's id. */
export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  const words = useWords(WORDS);
  const { lead, own } = useSaid()(error);
  const said = apiError(error);
  return (
    <div role="alert" className="rounded-lg border border-bad bg-bad-ground p-4 wrap-anywhere">
      <p className="font-medium text-bad">{lead || own}</p>
      {lead && own && <p className="mt-1">{own}</p>}
      {said.retryAfter && <p className="mt-1">{words.later(said.retryAfter)}</p>}
      {!tellsItsOnlyProblem(said) && said.problems.length > 0 && (
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
