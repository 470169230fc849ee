"use client";
/** The versions of one's own strategy, newest first; any of them can be opened. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, bodyOf } from "@/api/client";
import { moment } from "@/format/numbers";
import { Badge } from "@/ui/badge";
import { Button, ButtonLink } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { LIST_WORDS } from "./list-words";
import { WORDS } from "./words";

interface Props {
  id: string;
  newest: number;
  opened: number;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const PAGE = 50;

export function VersionsDialog({ id, newest, opened, open, onOpenChange }: Props) {
  const words = useWords(WORDS);
  const { more } = useWords(LIST_WORDS);
  const tongue = useLanguage();
  const versions = useInfiniteQuery({
    queryKey: ["versions", id],
    queryFn: ({ pageParam }) =>
      bodyOf(
        api.GET("/api/strategies/{strategy_id}/versions", {
          params: {
            path: { strategy_id: id },
            query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) },
          } as never,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: open,
  });
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={words.versions} description={words.versionsText}>
      {versions.error && <Failure error={versions.error} again={() => void versions.refetch()} />}
      {versions.isPending && <Skeleton className="h-32" />}
      <ul className="divide-y divide-line">
        {versions.data?.pages
          .flatMap((page) => page.items)
          .map((each) => (
            <li key={each.version} className="flex min-h-12 flex-wrap items-center gap-2">
              <span className="font-medium">{words.version(each.version)}</span>
              {each.version === newest && <Badge tone="accent">{words.newest}</Badge>}
              <span className="text-ink-soft">{moment(each.created_at, tongue)}</span>
              <code className="font-mono text-xs text-ink-soft" title={each.identity}>
                {each.identity.slice(0, 8)}
              </code>
              {each.version === opened ? (
                <span className="ml-auto text-ink-soft">{words.openedNow}</span>
              ) : (
                <ButtonLink
                  className="ml-auto"
                  onClick={() => onOpenChange(false)}
                  href={`/strategies/?id=${id}${each.version === newest ? "" : `&version=${each.version}`}`}
                >
                  {words.open}
                </ButtonLink>
              )}
            </li>
          ))}
      </ul>
      {versions.hasNextPage && (
        <Button className="mt-3" busy={versions.isFetchingNextPage} onClick={() => void versions.fetchNextPage()}>
          {more}
        </Button>
      )}
    </Dialog>
  );
}
