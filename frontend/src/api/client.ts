/** The portal's API, one method per route. Methods throw `ApiError` (with `ChangedMeanwhileError`) or `UnreachableError`. */
import { inject, type InjectionKey } from 'vue'

import { createAdminApi, type AdminApi } from './admin'
import { createHttp, type HttpOptions } from './http'
import { createTraineeApi, type TraineeApi } from './trainee'

export type PortalApi = TraineeApi & AdminApi
export type PortalApiOptions = HttpOptions

export function createPortalApi(options: PortalApiOptions): PortalApi {
  const http = createHttp(options)
  return { ...createTraineeApi(http), ...createAdminApi(http) }
}

export const portalApiKey: InjectionKey<PortalApi> = Symbol('portal-api')

export function usePortalApi(): PortalApi {
  const api = inject(portalApiKey)
  if (!api) throw new Error('the portal API was not provided to this app')
  return api
}
