import { setTimeout as sleep } from "node:timers/promises";
import pThrottle from "p-throttle";
import { httpsTransport } from "#shared/gradient/https-transport";
import { answering } from "../rig/answering.ts";

export interface Round {
  url: string;
  forMs: number;
}

// our own transport for all: what differs is when a call goes out
const transport = httpsTransport();
const post = (url: string) =>
  transport({
    method: "POST",
    url: `${url}/vendor-api/service/service-1/count?no_build=true`,
    headers: { "content-type": "application/json", "gradient-token": "bench" },
    body: JSON.stringify({ accountId: "cust-000001", unitCount: 17 }),
    timeoutMs: 8000,
  });

/** As the public SDK does it: the next call when the last one has its answer. */
const oneAtATime = async ({ url, forMs }: Round) => {
  for (const endsAt = Date.now() + forMs; Date.now() < endsAt; ) await post(url);
};

/** As many calls as the throttle lets out. */
const throttled =
  (strict: boolean) =>
  async ({ url, forMs }: Round) => {
    const open = new Set<Promise<unknown>>();
    const throttledPost = pThrottle({ limit: 100, interval: 1000, strict })(() => post(url));
    for (const endsAt = Date.now() + forMs; Date.now() < endsAt; ) {
      // more are always waiting than a second lets out
      while (open.size < 400) {
        const call = throttledPost().finally(() => open.delete(call));
        open.add(call);
      }
      await sleep(20);
    }
    process.exit();
  };

answering({ "one at a time": oneAtATime, "p-throttle": throttled(false), "p-throttle, strict": throttled(true) });
