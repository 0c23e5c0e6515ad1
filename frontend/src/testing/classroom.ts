/** What an instructor's pages are answered, for specs. */
import type { AdminLab, Class, ClassSummary, JoinLink, Person, RosterOutcome } from '@/api/adminTypes'

export function aClass(changes: Partial<Class> = {}): Class {
  return {
    id: 'cls_1',
    code: 'DEVSEC-7',
    title: 'DevSecOps',
    state: 'open',
    time_zone: 'Europe/Berlin',
    opens_at: '2026-11-23T08:00:00Z',
    closes_at: '2026-11-24T16:00:00Z',
    seats: 100,
    environments_per_trainee: 2,
    idle_minutes: 60,
    max_extra_minutes: 60,
    trainee_extension_minutes: 15,
    providers: ['linode', 'digitalocean'],
    budget_micro_usd: 25_000_000,
    viewing: 'ask',
    instructors: ['ins_1'],
    created_at: '2026-11-01T08:00:00Z',
    archived_at: null,
    spending: null,
    people: 2,
    ...changes,
  }
}

export function aSummary(changes: Partial<ClassSummary> = {}): ClassSummary {
  const { id, code, title, state, opens_at, closes_at, time_zone, seats } = aClass()
  return { id, code, title, state, opens_at, closes_at, time_zone, seats, archived_at: null, ...changes }
}

export function aPerson(changes: Partial<Person> = {}): Person {
  return {
    id: 'mem_1',
    name: 'ada',
    display_name: 'Ada',
    email: 'ada@class.example',
    state: 'active',
    extra_time_percent: 0,
    joined_via: 'roster',
    created_at: '2026-11-20T08:00:00Z',
    revision: 3,
    ...changes,
  }
}

export function anAdminLab(changes: Partial<AdminLab> = {}): AdminLab {
  return {
    slug: 'secrets-in-git',
    title: 'Secrets in git history',
    summary: 'Find the token.',
    minutes: 45,
    version: 'aaaaaaaaaaaaaaaa',
    pushed_at: '2026-11-20T08:00:00Z',
    pushed_by: 'Grace',
    position: 0,
    hidden: false,
    starts_per_trainee: null,
    check_count: 4,
    placements: [{ provider: 'linode', region: 'eu-central', size: 'g6-nanode-1', image: 'linode/debian12' }],
    old_running: 0,
    revision: 7,
    ...changes,
  }
}

export function aJoinLink(changes: Partial<JoinLink> = {}): JoinLink {
  return {
    id: 'lnk_1',
    created_at: '2026-11-23T08:00:00Z',
    created_by: 'Grace',
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    seats: 30,
    used: 0,
    revoked_at: null,
    ...changes,
  }
}

export function aRosterOutcome(changes: Partial<RosterOutcome> = {}): RosterOutcome {
  return {
    mode: 'preview',
    columns: { display_name: 'Name', email: 'Mail', name: null, extra_time_percent: null, ignored: [] },
    delimiter: ';',
    encoding: 'UTF-16LE',
    rows: [
      { row: 2, outcome: 'new', display_name: 'Mira', name: 'mira', problems: [] },
      {
        row: 3,
        outcome: 'bad',
        display_name: 'Ole',
        name: 'ole',
        problems: [{ field: 'email', problem: 'is no e-mail address', fix: 'correct it' }],
      },
    ],
    counts: { new: 1, unchanged: 0, bad: 1 },
    imported: false,
    notices: ['check the accents'],
    codes: [],
    codes_expire_at: null,
    ...changes,
  }
}
