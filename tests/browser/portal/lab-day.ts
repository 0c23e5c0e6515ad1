/** What an instructor brings to a day of lab work. */

export const LAB = { folder: '../../labs/intruder-in-logs', title: 'An intruder in the logs' }

/** The break-in of that lab, found as its guide suggests, and reported: its first check passes. */
export const SOLVE_THE_FIRST = [
  'clear; cd ~/logs',
  `found=$(awk '/Accepted/ && f[$(NF-3)] > 9 { print $(NF-3), $(NF-5), substr($1, 12, 8); exit } /Failed/ { f[$(NF-3)]++ }' auth.log)`,
  'set -- $found; sed -i "s/^intruder-address:/& $1/; s/^account:/& $2/; s/^login-time:/& $3/" ~/report.txt',
  'head -6 ~/report.txt; echo solved-$#',
].join('; ')

/** Lin and others, so many together, and four rows that nobody can import: two at lines 23 and 24, two at the end. */
export function roster(people: number): string {
  const others = Array.from({ length: people - 1 }, (_, index) => {
    const number = String(index + 2).padStart(3, '0')
    return `Trainee ${number},trainee-${number}@class.example,${index === 0 ? '25 %' : ''}`
  })
  return [
    'Name,E-mail,Extra time',
    'Lin,lin@class.example,',
    ...others.slice(0, 20),
    ',nobody@class.example,',
    'Trainee at nowhere,not an address,',
    ...others.slice(20),
    'Trainee 002 again,trainee-002@class.example,',
    'Trainee in no hurry,slow@class.example,900',
  ].join('\n')
}
