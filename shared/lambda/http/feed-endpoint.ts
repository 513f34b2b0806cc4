import type * as z from "zod";
import { AppError, isAppError } from "../../errors.ts";
import { type Asking, httpDoor, parseRequest, type Reply, toResult } from "./http-endpoint.ts";
import type { RequestSchema } from "./route.ts";

// 1,000 measurements whose two ids take four bytes a character come to about 1.1 MB.
const maxFeedBodyBytes = 2 * 1024 * 1024;

/** A program sends again what was 5xx, and nothing else; and 5xx alarms. */
const toBeSentAgain = (error: unknown): never => {
  if (!isAppError(error, "table.conflict")) throw error;
  throw new AppError(
    "unavailable",
    "table.conflict",
    "Other calls change the same all the time. Part of it may be stored; send it again, and fewer at once.",
    { retryAfterSeconds: 5 },
  );
};

/** A route of the hub's back office; the authorizer has already asked for the scope `hub.feed`. */
export const feedEndpoint = <S extends RequestSchema>(
  { request }: Asking<S> & { callers: "feed" },
  run: (request: z.infer<S>) => Promise<Reply>,
) =>
  httpDoor(async (event) =>
    toResult(event, await run(parseRequest(request, event, maxFeedBodyBytes)).catch(toBeSentAgain)),
  );
