import { Fragment, type ReactNode } from "react";
import { blocksOf } from "./markdown-blocks.ts";

/** `*emphasis*`, `**strong**` and `` `code` ``; everything else is text. */
const inline = (text: string): ReactNode[] =>
  text.split(/(\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`)/).map((piece, index) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: a text that never changes order
    const as = (node: ReactNode) => <Fragment key={index}>{node}</Fragment>;
    if (piece.startsWith("**")) return as(<strong>{piece.slice(2, -2)}</strong>);
    if (piece.startsWith("*") && piece.length > 2) return as(<em>{piece.slice(1, -1)}</em>);
    if (piece.startsWith("`") && piece.length > 2) return as(<code>{piece.slice(1, -1)}</code>);
    return as(piece);
  });

/**
 * The few constructs that the agreement is written in, as elements: nothing of the text becomes HTML by itself. Its
 * first heading is the title, which stands above it already.
 */
export const Markdown = ({ text, title }: { text: string; title: string }) =>
  blocksOf(text).map((block, index) => {
    const key = `${index} ${block.kind}`;
    if (block.kind === "heading") return block.text === title ? null : <h4 key={key}>{inline(block.text)}</h4>;
    if (block.kind === "paragraph") return <p key={key}>{inline(block.text)}</p>;
    return (
      <ul key={key}>
        {block.items.map((item) => (
          <li key={item}>{inline(item)}</li>
        ))}
      </ul>
    );
  });
