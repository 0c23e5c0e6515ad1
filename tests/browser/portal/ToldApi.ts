import type { Page, Route } from '@playwright/test'

import type { Environment, Provider } from './told.ts'

/**
 * The API where a journey tells what it says: what takes minutes, or goes wrong seldom, is told instead of waited for.
 * Everything else, signing in above all, is the running system's. Told answers carry no date, so that the page's clock
 * may be turned.
 */
export class ToldApi {
  /** What the lab's environment is from now on. */
  environment: Environment | null = null
  /** What pressing Play comes to. */
  next: Environment | null = null
  past: Environment[] = []
  providers: Provider[] = []
  /** Says nothing useful to whoever asks about environments or providers. */
  broken = false
  /** Questions so far, by path. */
  readonly asked = new Map<string, number>()

  static async on(page: Page): Promise<ToldApi> {
    const told = new ToldApi()
    await page.route('**/api/**', (route) => told.answer(route))
    return told
  }

  timesAsked(path: string): number {
    return this.asked.get(path) ?? 0
  }

  private async answer(route: Route): Promise<void> {
    const request = route.request()
    const path = new URL(request.url()).pathname
    this.asked.set(path, this.timesAsked(path) + 1)
    const ours = /^\/api\/(environments|admin\/providers)|\/start$/.test(path)
    if (ours && this.broken) return route.fulfill({ status: 503, body: 'a gateway says no' })

    if (path === '/api/labs') return this.labs(route)
    if (path === '/api/admin/providers') return route.fulfill({ json: { providers: this.providers } })
    if (path === '/api/environments') return route.fulfill({ json: { environments: this.past } })
    if (path.endsWith('/start') && this.next) {
      this.environment = this.next
      return route.fulfill({ status: 202, json: this.environment })
    }
    const found = [this.environment, ...this.past].find((known) => path === `/api/environments/${known?.id}`)
    return found ? route.fulfill({ json: found }) : route.fallback()
  }

  /** The running system's labs, one of them with the environment that is told. */
  private async labs(route: Route): Promise<void> {
    const response = await route.fetch()
    const { date: _date, ...headers } = response.headers()
    const body = (await response.json()) as { labs?: { slug: string }[] }
    const environment = this.environment
    const labs = body.labs?.map((lab) => (lab.slug === environment?.lab.slug ? { ...lab, environment } : lab))
    return route.fulfill({ status: response.status(), headers, json: labs ? { ...body, labs } : body })
  }
}
