import type { CountAnswer } from "#shared/gradient/gradient-api";

/** One call: `answered` gives it its end. */
export interface ViewsCall {
  /** Once for each attempt. */
  goesOut(): void;
  answered(answer: CountAnswer): void;
}

/** What the calls of a run have done for Gradient's views, by the order in which they went out and were answered. */
export const newViewsProof = () => {
  let moment = 0;
  let rebuiltAt = -1;
  let quietAt = 0;
  return {
    call: (rebuildsViews: boolean): ViewsCall => {
      let sentAt = -1;
      return {
        goesOut: () => {
          moment += 1;
          sentAt = moment;
        },
        answered: ({ kind }) => {
          moment += 1;
          if (rebuildsViews && kind === "accepted") rebuiltAt = Math.max(rebuiltAt, sentAt);
          else quietAt = moment;
        },
      };
    },
    /**
     * Whether an accepted call that rebuilds the views went out after the answer to each that does not, and to each
     * that was not accepted. Calls that rebuild them see to themselves, in whatever order they land.
     */
    areRebuilt: (): boolean => rebuiltAt > quietAt,
  };
};
