// The search for a product without signal: every word typed must begin a word of a product's name or of one of
// the names people have for it. The register's own search, with its forgiveness of slips, needs signal.
const MOST = 10;

const plain = (text) =>
  text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, " ")
    .trim();

// `things` are { value, label, hint, terms }; the answer is the best first, as { value, label, hint }.
export function searchIn(things) {
  const phrases = things.flatMap((thing) =>
    [thing.label, ...thing.terms].map((text) => ({ thing, text, plain: plain(text), words: plain(text).split(" ") })),
  );
  return (query) => {
    const asked = plain(query).split(" ").filter(Boolean);
    const best = new Map();
    for (const phrase of phrases) {
      const score = scoreOf(asked, phrase);
      if (score > (best.get(phrase.thing)?.score ?? 0)) {
        best.set(phrase.thing, { score, text: phrase.text });
      }
    }
    return [...best]
      .sort(([, one], [, other]) => other.score - one.score)
      .slice(0, MOST)
      .map(([{ value, label, hint }, { text }]) => ({
        value,
        label,
        hint: hint ?? (text === label ? "" : `Also called: ${text}`),
      }));
  };
}

function scoreOf(asked, phrase) {
  const fits = asked.every((word) => phrase.words.some((own) => own.startsWith(word) || singular(word) === singular(own)));
  if (!asked.length || !fits) {
    return 0;
  }
  const whole = asked.filter((word) => phrase.words.includes(word)).length;
  return 10 + 5 * whole + (phrase.plain.startsWith(asked[0]) ? 3 : 0) - phrase.words.length / 10;
}

const singular = (word) => word.replace(/s$/, "");
