/** What a class does for one who works in it: checks, hands, watching, messages, time. Words typed in the toy shell drive it. */
import { randomUUID } from 'node:crypto'

import { json, problem } from './answers.mjs'
import { soon, world } from './world.mjs'

const CHECK_MS = 700
const EXTENSION = { minutes: 15, most: 30 }

/** The machine's own side: who watches, and how its checks stand. `listeners` are told of every change. */
export const machine = {
  viewing: { mode: 'off', watching: [] },
  running: false,
  results: new Map(),
  fixed: new Set(['1-token']),
  listeners: new Set(),
}

const CHECKS = [
  { name: '1-token', title: 'Find the commit that brought the token in' },
  { name: '2-owner', title: 'Write down who could have read it since' },
  { name: '3-history', title: 'Take the token out of the whole history' },
  { name: '4-hook', title: 'Keep the next one from being committed' },
]

/** Another machine knows nothing of the last one. */
export function anew() {
  Object.assign(machine, { viewing: { mode: 'off', watching: [] }, running: false })
  machine.results.clear()
  machine.fixed = new Set(['1-token'])
}

const change = () => machine.listeners.forEach((tell) => tell())
const seconds = () => Math.floor(Date.now() / 1_000)

export const checksMessage = () => ({
  type: 'checks',
  running: machine.running,
  items: CHECKS.map((check) => ({
    ...check,
    passed: null,
    message: null,
    checked_at: null,
    ...machine.results.get(check.name),
  })),
})

export const viewingMessage = () => ({ type: 'viewing', ...machine.viewing })

export function view(mode) {
  machine.viewing = { mode, watching: mode === 'off' ? [] : machine.viewing.watching }
  change()
}

/** One after another, as the real machine does. */
export function check(name) {
  if (machine.running) return
  const rounds = CHECKS.filter((each) => !name || each.name === name)
  machine.running = true
  change()
  const next = ([first, ...rest]) => {
    if (!first) {
      machine.running = false
      return change()
    }
    setTimeout(() => {
      const passed = machine.fixed.has(first.name)
      const message = passed ? 'As it should be.' : 'Not there yet: ~/shop/answers.md says nothing about it.'
      machine.results.set(first.name, { passed, message, checked_at: seconds() })
      change()
      next(rest)
    }, CHECK_MS)
  }
  next(rounds)
}

export function environmentChecks() {
  const items = checksMessage().items.map(({ checked_at: at, ...item }) => {
    const time = at === null ? null : new Date(at * 1_000).toISOString()
    return { ...item, checked_at: time, passed_at: item.passed ? time : null }
  })
  return {
    every_minutes: 2,
    total: items.length,
    passed: items.filter(({ passed }) => passed).length,
    items,
  }
}

const say = (text, personal = false) => ({
  id: `msg_${randomUUID()}`,
  at: soon(0),
  from: 'Grace',
  text,
  personal,
})
const current = () => world.environments[0]

/** Words of the toy shell that let an instructor act. */
export const words = {
  fix: () => {
    const open = CHECKS.find(({ name }) => !machine.fixed.has(name))
    if (open) machine.fixed.add(open.name)
    return open ? `Done: ${open.title}\r\n` : 'Nothing left to fix\r\n'
  },
  ask: () => {
    if (current()) current().viewing = { policy: 'ask', asked: { by: 'Grace', at: soon(0) }, answer: null }
    return 'Grace asks\r\n'
  },
  watch: () => {
    if (machine.viewing.mode !== 'off') machine.viewing = { ...machine.viewing, watching: ['Grace'] }
    change()
    return 'Grace looks, if she may\r\n'
  },
  rule: () => {
    if (current()) current().viewing = { policy: 'open', asked: null, answer: null }
    machine.viewing = { mode: 'read', watching: [] }
    change()
    return 'The class is open to its instructors\r\n'
  },
  say: () => {
    world.messages.unshift(say(`Coffee at eleven, number ${world.messages.length + 1}.`))
    return 'Grace writes to the class\r\n'
  },
  whisper: () => {
    world.messages.unshift(say('Look at the second commit again.\nI am with you in a minute.', true))
    return 'Grace writes to you\r\n'
  },
  hurry: () => {
    if (current()) current().expires_at = soon(4 * 60_000)
    return 'Four minutes left\r\n'
  },
}

const presses = new Set()

export function extend(environment, { json: { id } }) {
  const left = environment.extension?.left_minutes ?? 0
  if (!presses.has(id)) {
    if (left <= 0) return problem(409, 'no_extension_left', 'no more time may be added to this machine')
    const added = Math.min(left, EXTENSION.minutes)
    presses.add(id)
    environment.expires_at = new Date(Date.parse(environment.expires_at) + added * 60_000).toISOString()
    const rest = left - added
    environment.extension = rest > 0 ? { minutes: EXTENSION.minutes, left_minutes: rest } : null
  }
  return json(200, environment)
}

export const extension = () => ({ minutes: EXTENSION.minutes, left_minutes: EXTENSION.most })

export function hand(environment, { json: { raised, note = null } }) {
  environment.hand = raised ? { since: soon(0), note } : null
  return json(200, environment)
}

export function answerViewing(environment, { json: { answer } }) {
  environment.viewing = { ...environment.viewing, answer }
  return json(200, environment)
}
