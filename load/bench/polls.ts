/** What the polls of a time were answered, by a fixed timetable; latencies count from the moment each was due. */
export interface PollsSeen {
  readonly others: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The greatest time a poll left after it was due: the delay of the one who polls. */
  readonly worstLagMs: number;
}

/** What the thread is made with. */
export interface PollsInput {
  /** The bundle of the function that answers. */
  readonly bundle: string;
  /** The orders asked for, in turn. */
  readonly orderIds: readonly string[];
  readonly perSecond: number;
}
