/** The routes of everybody and of the trainee, one method each. */
import { ApiError } from './errors'
import type { Http } from './http'
import type {
  Environment,
  Guide,
  HandRaised,
  Joining,
  LabList,
  Login,
  Redemption,
  Session,
  ViewingAnswer,
} from './types'

export interface TraineeApi {
  signIn(login: Login): Promise<Session>
  /** A one-time code becomes a password, and its owner is signed in. */
  redeem(redemption: Redemption): Promise<Session>
  /** A join link becomes a place in the class, and its owner is signed in. */
  join(joining: Joining): Promise<Session>
  signOut(): Promise<void>
  /** The session of this browser, or null when nobody is signed in. */
  session(): Promise<Session | null>
  labs(): Promise<LabList>
  start(lab: string): Promise<Environment>
  stop(environment: string): Promise<Environment>
  /** `id` is unique text of the client (1 to 64): the same press sent twice adds its minutes once. */
  extend(environment: string, id: string): Promise<Environment>
  raiseHand(environment: string, hand: HandRaised): Promise<Environment>
  answerViewing(environment: string, answer: ViewingAnswer): Promise<Environment>
  environments(): Promise<readonly Environment[]>
  environment(id: string): Promise<Environment>
  guide(environment: string): Promise<Guide>
  health(): Promise<void>
}

const UNAUTHENTICATED = 401
const ENVIRONMENT = '/api/environments/{environment}'

export function createTraineeApi(http: Http): TraineeApi {
  const of = (environment: string) => ({ path: { environment } })

  return {
    signIn: (body) => http.call('post', '/api/login', { body, anonymous: true }),
    redeem: (body) => http.call('post', '/api/redeem', { body, anonymous: true }),
    join: (body) => http.call('post', '/api/join', { body, anonymous: true }),
    signOut: () => http.call('post', '/api/logout', { anonymous: true }),
    async session() {
      try {
        return await http.call('get', '/api/me', { anonymous: true })
      } catch (error) {
        if (error instanceof ApiError && error.status === UNAUTHENTICATED) return null
        throw error
      }
    },
    labs: () => http.call('get', '/api/labs'),
    start: (lab) => http.call('post', '/api/labs/{lab}/start', { path: { lab } }),
    stop: (environment) => http.call('post', `${ENVIRONMENT}/stop`, of(environment)),
    extend: (environment, id) =>
      http.call('post', `${ENVIRONMENT}/extend`, { ...of(environment), body: { id } }),
    raiseHand: (environment, body) => http.call('post', `${ENVIRONMENT}/hand`, { ...of(environment), body }),
    answerViewing: (environment, answer) =>
      http.call('post', `${ENVIRONMENT}/viewing`, { ...of(environment), body: { answer } }),
    environments: async () => (await http.call('get', '/api/environments')).environments,
    environment: (environment) => http.call('get', ENVIRONMENT, of(environment)),
    guide: (environment) => http.call('get', `${ENVIRONMENT}/guide`, of(environment)),
    async health() {
      await http.call('get', '/api/health', { anonymous: true })
    },
  }
}
