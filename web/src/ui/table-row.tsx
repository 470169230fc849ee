"use client";
/** One row of a table; drawn anew only when something of it changes, so that scrolling costs no more than the rows that come into sight. */
import { memo, type ReactNode } from "react";
import { classes } from "./classes";

export interface Column<Row> {
  key: string;
  head: ReactNode;
  /** `selected`: what the table's own `selected` says of the row. */
  cell: (row: Row, index: number, selected: boolean) => ReactNode;
  /** Numbers stand at the right. */
  number?: boolean;
  sortable?: boolean;
  /** A CSS width, like 8rem or minmax(8rem, 1fr). */
  width?: string;
}

interface Props<Row> {
  row: Row;
  index: number;
  /** Pixels from the top of the rows. */
  start: number;
  /** The grid's columns in CSS. */
  template: string;
  columns: readonly Column<Row>[];
  /** Undefined: nothing can be selected. */
  selected: boolean | undefined;
  onRow: ((row: Row) => void) | undefined;
}

/** What is pressed inside a row is not the row. */
const CONTROLS = "a, button, input, label, select";

function Plain<Row>({ row, index, start, template, columns, selected, onRow }: Props<Row>) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      ref={(element) => {
        if (!element) return;
        element.style.gridTemplateColumns = template;
        element.style.transform = `translateY(${start}px)`;
      }}
      className={classes(
        "absolute inset-x-0 top-0 grid h-9 items-center border-b border-line",
        selected ? "bg-accent-ground" : "hover:bg-ground",
        onRow && "cursor-pointer",
      )}
      tabIndex={onRow ? 0 : undefined}
      onClick={onRow && ((event) => !(event.target as Element).closest(CONTROLS) && onRow(row))}
      onKeyDown={onRow && ((event) => event.key === "Enter" && event.target === event.currentTarget && onRow(row))}
    >
      {columns.map((column) => (
        <div key={column.key} role="cell" className={classes("truncate px-2.5", column.number && "text-right")}>
          {column.cell(row, index, selected ?? false)}
        </div>
      ))}
    </div>
  );
}

export const TableRow = memo(Plain) as typeof Plain;
