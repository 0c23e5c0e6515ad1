/** The process tree, from /proc. */
import { readdir, readFile } from 'node:fs/promises'

export interface Process {
  pid: number
  parent: number
  /** Clock ticks after boot: with the pid it names one process for good. */
  started: string
  command: string
}

/** Every process below `pid`, at whatever depth. */
export async function descendants(pid: number): Promise<Process[]> {
  const everybody = await processes()
  const below = new Map<number, Process>()
  const queue = [pid]
  for (let parent = queue.pop(); parent !== undefined; parent = queue.pop()) {
    for (const child of everybody) {
      if (child.parent !== parent || below.has(child.pid)) continue
      below.set(child.pid, child)
      queue.push(child.pid)
    }
  }
  return [...below.values()]
}

export async function isAlive(process: Process): Promise<boolean> {
  return (await read(process.pid))?.started === process.started
}

async function processes(): Promise<Process[]> {
  const names = await readdir('/proc')
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map(read))
  return found.filter((process) => process !== null)
}

/** null for a process that has ended, also where its parent has not noticed yet. See proc(5), `/proc/[pid]/stat`. */
async function read(pid: number): Promise<Process | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const nameEnds = stat.lastIndexOf(')')
    const fields = stat.slice(nameEnds + 2).split(' ')
    if (fields[0] === 'Z') return null
    return {
      pid,
      parent: Number(fields[1]),
      started: fields[19] ?? '',
      command: stat.slice(stat.indexOf('(') + 1, nameEnds),
    }
  } catch {
    return null
  }
}
