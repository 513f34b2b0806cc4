import { type Transport, TransportError, type TransportReply } from "#shared/gradient/https-transport";
import { callOf, type Post, postOf, refusal, reply } from "../gradient/call.ts";
import type { GradientVendor } from "../gradient/vendor.ts";
import type { CountWatch } from "../gradient/watch.ts";
import type { Process, Processes, Trace } from "./processes.ts";
import type { RateWatch } from "./rate-watch.ts";
import type { Timeline } from "./timeline.ts";
import type { CallFate, Weather } from "./weather.ts";

interface Dependencies {
  line: Timeline;
  weather: Weather;
  running: Processes;
  vendor: GradientVendor;
  watch: CountWatch;
  rate: RateWatch;
  trace: Trace;
  /** Calls that are still to reach Gradient. */
  onTheWay: { calls: number };
  /** When somebody decided last that this organization may be called with this token, by his clock; null while not. */
  decidedAt: (organizationId: string, token: string) => number | null;
}

const withoutGradient: Partial<Record<CallFate["hears"], TransportReply>> = {
  throttled: refusal(429, "slowly"),
  refused: refusal(400, "no"),
  failed: refusal(502, "failed"),
};
const throttledFor = [undefined, undefined, "1", "5"] as const;

const isGood = ({ status }: TransportReply): boolean => status < 300;

/**
 * The way to Gradient as one process has it, below all that the service makes of it: each request may be lost, come
 * late, take effect without an answer, or be its sender's last.
 */
export const wireOf = ({ line, weather, running, vendor, watch, rate, trace, onTheWay, decidedAt }: Dependencies) => {
  /** When Gradient took a key last, whoever asked: a refusal of before is known to have been a false alarm. */
  const takenAt = new Map<string, number>();

  return (process: Process): Transport =>
    (request) =>
      new Promise((resolve, reject) => {
        if (!process.isAlive) return;
        const call = callOf(process, request, line.now());
        const post = postOf(call);
        const credential = `${call.vendorKey}:${call.token}`;
        const whose = () => vendor.sideOf.get(call.token)?.organization.id ?? "nobody";
        const what = () =>
          post
            ? `${post.unitCount} for ${post.line} of ${whose()}${post.rebuildsViews ? ", with the views" : ""}`
            : `${call.method} ${call.path}`;
        const given = weather.callFate(process, post !== undefined);
        // Gradient refuses no number that it holds already
        const isHeld = post && vendor.sideOf.get(call.token)?.counts.get(post.line)?.unitCount === post.unitCount;
        const fate: CallFate =
          given.hears === "refused" && isHeld ? { ...given, hears: "answer", reachesMs: given.answersMs / 2 } : given;
        if (fate.dies === "before") {
          trace(() => `${process.name} dies before sending ${what()}`);
          running.kill(process);
          return;
        }
        rate.sent(call);
        const refused = process.refusedKeys.get(credential);
        // another has asked about it since, and it was taken: a false alarm
        const isFalse = refused && (takenAt.get(credential) ?? 0) > refused.reachedAt;
        // older than the last word on it, by clocks that are not alike: nobody may take it for news
        // in whole milliseconds, as both are kept
        const isOld = refused && (decidedAt(whose(), call.token) ?? 0) >= Math.floor(refused.stampedAt);
        if (isFalse || isOld) process.refusedKeys.delete(credential);
        if (post) watch.sent(vendor, post);
        trace(() => `${process.name} sends ${what()}`);

        /** Gradient's own answer, once it has come, and when that was. */
        let truth: TransportReply | undefined;
        let reachedAt = Number.POSITIVE_INFINITY;
        const hears = fate.hears;
        if (fate.reachesMs !== null) {
          onTheWay.calls += 1;
          const land = () => {
            onTheWay.calls -= 1;
            truth = vendor.receive(call, post);
            reachedAt = line.now();
            if (!post && truth && isGood(truth)) takenAt.set(credential, reachedAt);
            trace(() => `${what()} reaches Gradient: ${truth?.status ?? "no answer"}`);
          };
          line.at(line.now() + fate.reachesMs, land, false);
        }

        const hear = (answer: TransportReply): void => {
          if (post) post.heard = answer.status;
          // whatever has an answer of Gradient's own cannot land later
          if (post && answer.status < 500) post.settledAt = line.now();
          const isRefused = answer.status === 401 && (takenAt.get(credential) ?? 0) <= reachedAt;
          if (post && isRefused) process.refusedKeys.set(credential, { reachedAt, stampedAt: call.stampedAt });
          if (!post && isGood(answer)) process.refusedKeys.delete(credential);
          trace(() => `${process.name} hears ${answer.status} of ${what()}`);
          running.resume(process, line.now(), () => resolve(answer));
        };
        const fail = (why: string, maySend: boolean): void => {
          trace(() => `${process.name} hears nothing of ${what()}: ${why}`);
          if (!maySend && post) post.settledAt = line.now();
          running.resume(process, line.now(), () => reject(new TransportError(why, maySend)));
        };
        const end = () => {
          if (fate.pauseMs > 0) process.pausedUntil = line.now() + fate.pauseMs;
          if (hears === "unsent") return fail("ECONNREFUSED", false);
          if (hears === "reset") return fail("ECONNRESET", true);
          if (hears === "throttled") {
            const seconds = process.random.pick(throttledFor);
            return hear(seconds === undefined ? refusal(429, "slowly") : reply(429, {}, { "retry-after": seconds }));
          }
          const answer = hears === "answer" ? truth : withoutGradient[hears];
          return answer ? hear(answer) : fail("time-out", true);
        };
        const silent = () => hears === "answer" && fate.reachesMs !== null && truth === undefined;
        running.resume(process, line.now() + fate.answersMs, () => {
          // Gradient says nothing: its caller waits for as long as it has patience
          if (silent()) running.resume(process, call.calledAt + request.timeoutMs, end);
          else end();
        });
        const isLost = hears === "failed" || hears === "reset";
        if (post && (fate.dies === "after" || isLost)) watch.unanswered(post, vendor.sideOf.get(call.token));
        if (fate.dies === "after") {
          trace(() => `${process.name} dies after sending ${what()}`);
          running.kill(process);
        }
      });
};

export type { Post };
