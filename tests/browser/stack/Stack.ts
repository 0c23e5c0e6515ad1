/** The whole system on loopback, as `make run` starts it, with a state of its own that is thrown away afterwards. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { chmod, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

import { descendants, isAlive, type Process } from './processes.ts'
import { until } from './until.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const PROGRAMS = join(resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target'), 'debug')
const UP_WITHIN_MS = 60_000
const DOWN_WITHIN_MS = 30_000

/** An account of the installation: its classes are its own. */
export interface Instructor {
  name: string
  password: string
}

/** A trainee of one class. */
export interface Person extends Instructor {
  classCode: string
}

interface DemoClass {
  class_id: string
  code: string
}

interface Secrets {
  operator_token: string
  passwords: Record<string, string>
}

export class Stack {
  private trainees = 0

  private constructor(
    readonly url: string,
    private readonly program: ChildProcess,
    private readonly folder: string,
    private readonly demo: DemoClass,
    private readonly secrets: Secrets,
  ) {}

  static async start(bootDelaySecs: number): Promise<Stack> {
    const folder = await mkdtemp(join(tmpdir(), 'brihaspati-browser-'))
    const state = join(folder, 'state')
    const agent = await strippedAgent(folder)
    const program = spawn(
      join(PROGRAMS, 'brihaspati-local'),
      [
        ['--root', ROOT],
        ['--state-dir', state],
        ['--agent', agent],
        // The system's own choice: nobody can take them in between.
        ['--port', '0'],
        ['--pocket-port', '0'],
        ['--boot-delay', String(bootDelaySecs)],
      ].flat(),
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let said = ''
    for (const stream of [program.stdout, program.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text))
    }
    program.on('error', (error) => (said += error.message))
    const ended = () => program.exitCode !== null || program.signalCode !== null || program.pid === undefined
    try {
      const url = await until(
        'the local stack says where it is',
        () => {
          if (ended()) throw new Error(`the local stack did not start:\n${said}`)
          return /Portal\s+(http:\S+)/.exec(said)?.[1]
        },
        UP_WITHIN_MS,
      )
      const health = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(5_000) })
      if (health.status !== 200) throw new Error(`/api/health answers ${health.status} when everything is up`)
      const read = async (name: string): Promise<unknown> =>
        JSON.parse(await readFile(join(state, name), 'utf8'))
      const demo = (await read('demo.json')) as DemoClass
      const secrets = (await read('secrets.json')) as Secrets
      return new Stack(url, program, folder, demo, secrets)
    } catch (error) {
      program.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** A trainee whom the demo comes with. */
  demoMember(name: string): Person {
    return { classCode: this.demo.code, ...this.demoPerson(name) }
  }

  /** The demo's instructor. */
  get instructor(): Instructor {
    return this.demoPerson('grace')
  }

  private demoPerson(name: string): Instructor {
    const password = this.secrets.passwords[name]
    if (!password) throw new Error(`the demo knows nobody called ${name}`)
    return { name, password }
  }

  /** Somebody new in the demo class, so that no journey meets the machines of another. */
  async newTrainee(): Promise<Person> {
    this.trainees += 1
    const name = `trainee-${this.trainees}`
    const password = `${name}-has-a-long-password`
    const display_name = `Trainee ${this.trainees}`
    await this.make(`classes/${this.demo.class_id}/members`, { name, display_name, password })
    return { classCode: this.demo.code, name, password }
  }

  /** As the operator. */
  private async make(what: string, body: object): Promise<void> {
    const response = await fetch(`${this.url}/api/admin/${what}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.secrets.operator_token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    })
    if (response.status !== 201) throw new Error(`${what} refused: ${await response.text()}`)
  }

  /** Ctrl-C. Fails when the program does not end well, or leaves a process behind: a sandbox above all. */
  async stop(): Promise<void> {
    const pid = this.program.pid
    const children: Process[] = pid === undefined ? [] : await descendants(pid)
    try {
      this.program.kill('SIGINT')
      await until(
        'the local stack ends after Ctrl-C',
        () => this.program.exitCode !== null || this.program.signalCode !== null || undefined,
        DOWN_WITHIN_MS,
      )
      if (this.program.exitCode !== 0) {
        throw new Error(`the local stack ended with ${this.program.exitCode ?? this.program.signalCode}`)
      }
      const left: string[] = []
      for (const child of children) if (await isAlive(child)) left.push(`${child.pid} ${child.command}`)
      if (left.length > 0) throw new Error(`left behind after Ctrl-C:\n${left.join('\n')}`)
    } finally {
      this.program.kill('SIGKILL')
      await rm(this.folder, { recursive: true, force: true })
    }
  }
}

/** The agent as `scripts/run` hands it to machines: without its debug information it is a third as large. */
async function strippedAgent(folder: string): Promise<string> {
  const agent = join(folder, 'lab-agent')
  await copyFile(join(PROGRAMS, 'lab-agent'), agent)
  await promisify(execFile)('strip', [agent], { timeout: 30_000 })
  await chmod(agent, 0o755)
  return agent
}
