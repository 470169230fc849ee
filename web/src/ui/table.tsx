"use client";
/** A table whose rows may be ten thousand: only those in sight are in the page. Sorted by whoever has the rows. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { classes } from "./classes";
import { type Column, TableRow } from "./table-row";

export type { Column };

export interface Sort {
  key: string;
  descending: boolean;
}

interface Props<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row, index: number) => string;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  onRow?: (row: Row) => void;
  selected?: (row: Row) => boolean;
  /** Of the part in sight, in pixels; fewer rows take less. */
  height?: number;
  /** The last rows come into sight: whoever has more brings them. Left out where there are no more. */
  onEnd?: () => void;
}

const ROW = 36;
/** So many rows before the last one, more are asked for. */
const AHEAD = 40;

export function Table<Row>({
  label,
  columns,
  rows,
  rowKey,
  sort,
  onSort,
  onRow,
  selected,
  height = 480,
  onEnd,
}: Props<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const seen = virtual.range?.endIndex ?? 0;
  const isNearEnd = seen + AHEAD >= rows.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: with more rows the end is another one
  useEffect(() => {
    if (isNearEnd) onEnd?.();
  }, [isNearEnd, onEnd, rows.length]);
  const template = columns
    .map((column) => column.width ?? (column.number ? "minmax(6.5rem, 1fr)" : "minmax(8rem, 1.4fr)"))
    .join(" ");
  const place = (element: HTMLElement | null) => {
    if (element) element.style.gridTemplateColumns = template;
  };
  return (
    <div
      ref={(element) => {
        scroller.current = element;
        if (element) element.style.maxHeight = `${height}px`;
      }}
      role="group"
      aria-label={label}
      className="overflow-auto rounded-md border border-line"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
      tabIndex={0}
    >
      <div role="table" aria-label={label} aria-rowcount={onEnd ? -1 : rows.length + 1} className="min-w-max">
        <div
          role="row"
          ref={place}
          className="sticky top-0 z-10 grid border-b border-line bg-ground text-xs font-medium text-ink-soft"
        >
          {columns.map((column) => {
            const sorted = sort?.key === column.key;
            return (
              <div
                key={column.key}
                role="columnheader"
                aria-sort={sorted ? (sort.descending ? "descending" : "ascending") : undefined}
                className={classes("px-2.5 py-2", column.number && "text-right")}
              >
                {column.sortable && onSort ? (
                  <button
                    type="button"
                    className="font-medium hover:text-ink"
                    onClick={() => onSort({ key: column.key, descending: sorted ? !sort.descending : true })}
                  >
                    {column.head}
                    <span aria-hidden="true">{sorted ? (sort.descending ? " ↓" : " ↑") : ""}</span>
                  </button>
                ) : (
                  column.head
                )}
              </div>
            );
          })}
        </div>
        <div
          role="rowgroup"
          className="relative"
          ref={(element) => {
            if (element) element.style.height = `${virtual.getTotalSize()}px`;
          }}
        >
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <TableRow
                key={rowKey(row, item.index)}
                row={row}
                index={item.index}
                start={item.start}
                template={template}
                columns={columns}
                selected={selected?.(row)}
                onRow={onRow}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
