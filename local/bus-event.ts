/** An event on the account's default bus. */
export interface BusEvent {
  source: string;
  "detail-type": string;
  detail: Record<string, unknown>;
}
