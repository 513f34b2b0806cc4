/** A name that the caller chose may be anything, a token too: those have 16 characters at least. */
export const plainName = /^[A-Za-z][A-Za-z0-9_]{0,14}$/;
