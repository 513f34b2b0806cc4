// A text that somebody may have confirmed is never edited: a new text is a new file beside this one.
export const title = "Sharing usage with Gradient";

export const markdown = `# ${title}

Your organization lets this hub share data with Gradient MSP ("Gradient"), to compare use with billing.

- **Shared:** names and hub ids of customers you bill; names, descriptions and categories of services; units in use, per
  customer and service; the connection's status.
- **Not shared:** people's names or e-mail addresses, security events, logs, prices; customers on trial or without a
  provisioned service.
- **When:** names at once; counts as soon as a customer and a service are mapped in Gradient, then on schedule and at
  *Send usage*.
- **Approval** is yours, in Gradient, under your agreement with it.
- **Ending:** an owner or full administrator can disconnect at any time. Nothing is sent after that but zeros you ask for.
  The history stays in the hub.
`;
