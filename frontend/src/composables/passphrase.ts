/**
 * A hint about a passphrase while it is being chosen. It counts what a stranger would have to guess: not what is well
 * known, not what everybody in the room knows about its owner, not keys in a row. A hint only: the API refuses by length.
 */
export const SHORTEST_PASSPHRASE = 8

export type Strength = 'none' | 'short' | 'weak' | 'good' | 'strong'

export interface PassphraseHint {
  strength: Strength
  text: string
}

const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'qwertzuiop', 'asdfghjkl', 'zxcvbnm']
const WELL_KNOWN = ['password', 'passwort', 'passphrase', 'letmein', 'welcome', 'iloveyou', 'secret', 'admin']
/** Unguessable characters from which on a passphrase is good, and strong. */
const GOOD = 10
const STRONG = 15
/** Keys that follow each other say little from this many on. */
const RUN = 4

/** `known` is what others know of its owner: name, class code. */
export function passphraseHint(passphrase: string, known: readonly string[] = []): PassphraseHint {
  const length = [...passphrase].length
  if (length === 0)
    return { strength: 'none', text: 'Three or four words in a row are easy to remember and hard to guess.' }
  if (length < SHORTEST_PASSPHRASE) {
    const missing = SHORTEST_PASSPHRASE - length
    return { strength: 'short', text: `${missing} more ${missing === 1 ? 'character' : 'characters'}.` }
  }
  const lower = passphrase.toLowerCase()
  const personal = known.flatMap((words) => words.toLowerCase().split(/[^\p{L}\p{N}]+/u))
  const aboutOwner = without(lower, personal)
  const rest = withoutRuns(without(aboutOwner, WELL_KNOWN))
  const worth = Math.min([...rest].length, new Set(rest).size * 2)
  if (worth >= STRONG) return { strength: 'strong', text: 'Very good.' }
  if (worth >= GOOD && !/^\d+$/.test(passphrase))
    return { strength: 'good', text: 'Good. One more word would make it very good.' }
  if (aboutOwner !== lower)
    return { strength: 'weak', text: 'Easy to guess: others in the room know your name and class.' }
  if (/^\d+$/.test(passphrase))
    return { strength: 'weak', text: 'Easy to guess: digits alone. Add a word or two.' }
  if (rest !== lower) return { strength: 'weak', text: 'Easy to guess: it is one that many people choose.' }
  return { strength: 'weak', text: 'Long enough, but easy to guess. Another word makes it much better.' }
}

/** Words of one or two letters are in everything, and so say nothing about anybody. */
function without(text: string, words: readonly string[]): string {
  return words.filter((word) => word.length > 2).reduce((rest, word) => rest.replaceAll(word, ''), text)
}

/** Each run of keys or alphabet, forwards or backwards, counts as its first two characters. */
function withoutRuns(text: string): string {
  let rest = ''
  for (let at = 0; at < text.length;) {
    const run = runAt(text, at)
    rest += run >= RUN ? text.slice(at, at + 2) : text.charAt(at)
    at += run >= RUN ? run : 1
  }
  return rest
}

function runAt(text: string, at: number): number {
  const lengths = ROWS.flatMap((row) => [row, [...row].reverse().join('')]).map((row) => {
    let length = 1
    while (at + length < text.length && row.includes(text.slice(at, at + length + 1))) length += 1
    return length
  })
  return Math.max(...lengths)
}
