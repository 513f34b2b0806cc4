import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";

export interface Column<Row> {
  title: string;
  cell(row: Row): ReactNode;
  isNumber?: boolean;
  /** A time is not broken into lines. */
  isTime?: boolean;
  /** Left out where the page is narrow: it stands in the first cell there, or can be gone without. */
  onlyWide?: boolean;
}

interface TableProps<Row> {
  /** What the rows are, for those who cannot see it. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string;
}

const classOf = ({ isNumber, isTime, onlyWide }: Omit<Column<never>, "cell">): string | undefined =>
  [isNumber ? "number" : "", isTime ? "time" : "", onlyWide ? "only-wide" : ""].filter(Boolean).join(" ") || undefined;

const Cells = <Row,>({ columns, row }: { columns: readonly Column<Row>[]; row: Row }) => (
  <>
    {columns.map((column, index) =>
      index === 0 ? (
        <th key={column.title} scope="row" className={classOf(column)}>
          {column.cell(row)}
        </th>
      ) : (
        <td key={column.title} className={classOf(column)} data-title={column.title}>
          {column.cell(row)}
        </td>
      ),
    )}
  </>
);

const Head = <Row,>({ caption, columns }: Pick<TableProps<Row>, "caption" | "columns">) => (
  <>
    <caption className="unseen">{caption}</caption>
    <thead>
      <tr>
        {columns.map((column) => (
          <th key={column.title} scope="col" className={classOf(column)}>
            {column.title}
          </th>
        ))}
      </tr>
    </thead>
  </>
);

const PlainTable = <Row,>({ caption, columns, rows, keyOf }: TableProps<Row>) => (
  <table className="list">
    <Head caption={caption} columns={columns} />
    <tbody>
      {rows.map((row) => (
        <tr key={keyOf(row)}>
          <Cells columns={columns} row={row} />
        </tr>
      ))}
    </tbody>
  </table>
);

const Space = ({ height, columns }: { height: number; columns: number }) =>
  height <= 0 ? null : (
    <tbody aria-hidden="true">
      <tr>
        <td className="space" colSpan={columns} style={{ height }} />
      </tr>
    </tbody>
  );

/** Only the rows in sight and those near them are there. The page scrolls, not the table: keys do as they always do. */
const VirtualTable = <Row,>({ caption, columns, rows, keyOf }: TableProps<Row>) => {
  const table = useRef<HTMLTableElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  // what stands above may have grown since
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at whenever the rows are others
  useLayoutEffect(() => {
    const top = table.current?.getBoundingClientRect().top ?? 0;
    setScrollMargin(Math.round(top + window.scrollY));
  }, [rows]);
  const { getVirtualItems, getTotalSize, measureElement } = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => 62,
    overscan: 8,
    scrollMargin,
    useFlushSync: false,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row);
    },
  });
  const shown = getVirtualItems();
  const before = (shown[0]?.start ?? scrollMargin) - scrollMargin;
  const after = getTotalSize() - ((shown.at(-1)?.end ?? scrollMargin) - scrollMargin);
  return (
    <table ref={table} className="list" aria-rowcount={rows.length + 1}>
      <Head caption={caption} columns={columns} />
      <Space height={before} columns={columns.length} />
      <tbody>
        {shown.map(({ index, key }) => {
          const row = rows[index];
          return row === undefined ? null : (
            <tr key={key} ref={measureElement} data-index={index} aria-rowindex={index + 2}>
              <Cells columns={columns} row={row} />
            </tr>
          );
        })}
      </tbody>
      <Space height={after} columns={columns.length} />
    </table>
  );
};

// In a plain table the browser's own search finds every row. Of more, a key pressed in the search of 8,000 lines took
// longer than a tenth of a second to show.
const maxPlain = 100;

/** Rows of a list, however many. */
export const Table = <Row,>(props: TableProps<Row>) =>
  props.rows.length > maxPlain ? <VirtualTable {...props} /> : <PlainTable {...props} />;
