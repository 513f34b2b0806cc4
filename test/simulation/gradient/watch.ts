import { landsWithinMs } from "../world/weather.ts";
import type { Post } from "./call.ts";
import type { Side } from "./organization.ts";
import type { GradientVendor } from "./vendor.ts";

export type Accuse = (rule: string, text: string) => void;

interface Options {
  now: () => number;
  accuse: Accuse;
  /**
   * Since when the hub has known that this organization's token is refused, or that it has left; null while it may be
   * called.
   */
  closedSince: (organizationId: string) => number | null;
}

/**
 * Watches what is sent: no number may go out for a line while another one may still land, nothing with a key that was
 * refused, and nothing for a partner that is suspended or has left.
 */
export const watchCounts = ({ now, accuse, closedSince }: Options) => {
  /** Whoever wants to hear of counts whose sender will not hear what became of them. */
  const listeners: ((post: Post, side: Side) => void)[] = [];

  const checkFence = ({ by, line, unitCount }: Post, earlier: Post[]): void => {
    for (const other of earlier) {
      if (other.unitCount === unitCount || other.settledAt !== null) continue;
      const left = other.calledAt + landsWithinMs - now();
      if (left > 0)
        accuse(
          "fence",
          `${by.name} sends ${unitCount} for ${line}, ${other.by.name}'s ${other.unitCount} may land for ${left} ms`,
        );
    }
  };

  return {
    listeners,
    /** A count leaves its sender. */
    sent: (vendor: GradientVendor, post: Post): void => {
      const { by, line, token, vendorKey } = post;
      const side = vendor.sideOf.get(token);
      if (!side) {
        accuse("keys", `${by.name} sends ${line} with a key that nobody has`);
        return;
      }
      const earlier = side.posts.get(line) ?? [];
      checkFence(post, earlier);
      if (by.refusedKeys.has(`${vendorKey}:${token}`))
        accuse("refused", `${by.name} sends ${line} after Gradient refused its token`);
      const since = closedSince(side.organization.id);
      if (since !== null && by.startedAt > since)
        accuse("closed", `${by.name} sends ${line}, which was closed before it began`);
      earlier.push(post);
      side.posts.set(line, earlier);
    },
    /** It is about to take effect. */
    landed: ({ line, unitCount, calledAt }: Post, side: Side): void => {
      const newer = side.posts
        .get(line)
        ?.find((other) => other.calledAt > calledAt && other.landedAt !== null && other.unitCount !== unitCount);
      if (newer) accuse("overwritten", `${unitCount} for ${line} overwrites the newer ${newer.unitCount}`);
    },
    unanswered: (post: Post, side: Side | undefined): void => {
      if (side) for (const hear of listeners) hear(post, side);
    },
  };
};

export type CountWatch = ReturnType<typeof watchCounts>;
