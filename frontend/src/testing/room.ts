/** People and environments of a room, for specs. */
import type { Room, RoomPerson, Tile } from '@/api/adminTypes'

export function tile(changes: Partial<Tile> = {}): Tile {
  return {
    id: 'env_1',
    lab: 'secrets-in-git',
    state: 'working',
    since: '2026-11-21T10:00:00Z',
    ahead: null,
    stage: null,
    failure: null,
    requested_at: '2026-11-21T10:00:00Z',
    ready_at: '2026-11-21T10:00:40Z',
    expires_at: '2026-11-21T11:30:00Z',
    checks_passed: 1,
    checks_total: 4,
    last_active_at: '2026-11-21T10:20:00Z',
    hand: null,
    viewing: null,
    old_version: false,
    provider: 'linode',
    ...changes,
  }
}

export function person(id: string, display_name: string, ...environments: Tile[]): RoomPerson {
  return {
    id,
    name: display_name.toLowerCase(),
    display_name,
    suspended: false,
    extra_time_percent: 0,
    environments,
  }
}

export function room(...people: RoomPerson[]): Room {
  return {
    class: { id: 'cls_1', code: 'DEVSEC-7', title: 'DevSecOps', state: 'open', closes_at: null },
    now: '2026-11-21T10:30:00Z',
    labs: [
      { slug: 'secrets-in-git', title: 'Secrets in git history', version: 'v1', checks: 4 },
      { slug: 'vulnerable-api', title: 'Attack and fix a small API', version: 'v1', checks: 0 },
    ],
    people,
  }
}
