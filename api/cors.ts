import { routes } from "./routes.ts";

const ofPages = routes.map(({ route }) => route).filter(({ callers }) => callers !== "feed" && callers !== "signed");

/** What pages of the hub may ask, and may read of an answer, beyond what every page may: all that some route has. */
export const cors = {
  methods: (["GET", "POST", "PUT", "DELETE"] as const).filter((method) =>
    ofPages.some((route) => route.method === method),
  ),
  allowedHeaders: ["authorization", "content-type", "idempotency-key", "if-none-match"],
  exposedHeaders: ["etag", "retry-after", "link", "idempotency-replayed", "content-disposition"],
};
