// Belongs to one text, word by word: a version that has none here is shown without.
const byVersion: Record<string, readonly string[]> = {
  "2026-11-01": [
    "Shared: the customers that you bill, the services they use, how many units.",
    "Not shared: people, e-mail addresses, security events, logs, prices, customers on trial.",
    "You approve in Gradient what is billed. You can disconnect at any time.",
  ],
};

/** What the text says, in three lines above it. The text is what is confirmed. */
export const InShort = ({ version }: { version: string }) => {
  const lines = byVersion[version];
  if (lines === undefined) return null;
  return (
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
};
