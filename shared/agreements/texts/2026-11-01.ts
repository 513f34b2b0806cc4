// A text that somebody may have confirmed is never edited: a new text is a new file beside this one.
export const title = "Sharing usage with Gradient";

export const markdown = `# ${title}

By confirming, your organization allows this hub to share data with Gradient MSP ("Gradient") so that Gradient can
reconcile what you use with what you bill.

## What is shared
- The name and the hub's id of each of your customers that is billed.
- The name, description and category of each service that those customers use.
- For each customer and service, how many units are in use, zero included.
- The status of the connection between the hub and Gradient.

## What is not shared
- No names or e-mail addresses of people at your customers, no security events, no logs and no prices.
- Customers on trial and customers without a provisioned service.

## When
From the moment you finish mapping in Gradient, on your schedule and whenever you choose *Send usage*. What Gradient does
with the counts, your agreement with Gradient says. A count that Gradient accepted is not yet approved: you approve it there.

## Ending it
An owner or full administrator can disconnect in the hub at any time. Nothing is sent after that. The history of what was
sent stays in the hub.
`;
