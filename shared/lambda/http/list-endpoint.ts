import type { APIGatewayProxyEventV2WithJWTAuthorizer } from "aws-lambda";
import type * as z from "zod";
import { withLogFields } from "../../logger.ts";
import type { Room } from "../../wire.ts";
import { personOf, type Role } from "./caller.ts";
import { type Csv, prefersCsv, toCsv } from "./csv.ts";
import { type Asked, type Asking, httpDoor, maxPersonBodyBytes, parseRequest, toResult } from "./http-endpoint.ts";
import type { HttpAnswer } from "./problems.ts";
import type { RequestSchema } from "./route.ts";

// Lambda answers 6 MB at most; a page ends with the row, or the chunk of rows, that reaches this
const bytes = 4_500_000;
const rowsOfJson = 200;
const rowsOfCsv = 5_000;

interface ListReply {
  status: 200;
  body: { items: readonly unknown[]; nextCursor: string | null };
}

/** For a file's name, on whatever system it is kept. */
const fileNameOf = (
  { name, parts = [] }: Csv,
  partnerId: string,
  { requestContext, pathParameters, queryStringParameters }: APIGatewayProxyEventV2WithJWTAuthorizer,
): string => {
  const day = new Date(requestContext.timeEpoch).toISOString().slice(0, 10);
  const given = parts.map((part) => pathParameters?.[part] ?? queryStringParameters?.[part]);
  const list = [name, ...given].filter((word) => word !== undefined);
  return `${[...list, partnerId, day].join("-")}.csv`.replaceAll(/[^\w.-]/g, "_");
};

const asCsv = (
  csv: Csv,
  { body: { items, nextCursor } }: ListReply,
  { event, partnerId }: { event: APIGatewayProxyEventV2WithJWTAuthorizer; partnerId: string },
): HttpAnswer => {
  const query = { ...event.queryStringParameters, cursor: nextCursor ?? "" };
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const next = `<${event.rawPath}?${new URLSearchParams(given)}>; rel="next"`;
  return {
    statusCode: 200,
    headers: {
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": `attachment; filename="${fileNameOf(csv, partnerId, event)}"`,
      "cache-control": "no-store",
      vary: "accept",
      ...(nextCursor === null ? {} : { link: next }),
    },
    body: toCsv(csv, items),
  };
};

/** A list of the hub UI, as JSON or, where the caller prefers that, as CSV with more rows a page. */
export const listEndpoint = <S extends RequestSchema>(
  { callers, request, csv }: Asking<S> & { callers: readonly Role[]; csv?: Csv },
  run: (asked: Asked<z.infer<S>> & { room: Room }) => Promise<ListReply>,
) =>
  httpDoor(async (event) => {
    const person = personOf(event, callers);
    const { partnerId } = person;
    return withLogFields({ partnerId }, async () => {
      const parsed = parseRequest(request, event, maxPersonBodyBytes);
      if (!csv || !prefersCsv(event.headers.accept)) {
        return toResult(event, await run({ request: parsed, person, room: { rows: rowsOfJson, bytes } }));
      }
      const reply = await run({ request: parsed, person, room: { rows: rowsOfCsv, bytes } });
      return asCsv(csv, reply, { event, partnerId });
    });
  });
