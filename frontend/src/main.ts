import '@fontsource-variable/bricolage-grotesque/index.css'
import '@fontsource-variable/instrument-sans/index.css'
import '@fontsource-variable/jetbrains-mono/index.css'
import '@/styles/portal.css'

import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'

import { createPortalApi, portalApiKey } from '@/api/client'
import App from '@/App.vue'
import { hideJoinToken } from '@/composables/joinToken'
import { createPortalVuetify } from '@/plugins/vuetify'
import { createPortalRouter, doorOf } from '@/router'
import { useConnectionStore } from '@/stores/connection'
import { useSessionStore } from '@/stores/session'

// Before anything else looks at the address, or waits for somebody's answer; also when a link is pasted into an open page.
hideJoinToken()
window.addEventListener('popstate', () => hideJoinToken())

const app = createApp(App)
const pinia = createPinia()
const router = createPortalRouter()
// The transport retries reads already, with jitter and an end.
const queries = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' } } })

app.use(pinia)
const connection = useConnectionStore(pinia)

app.provide(
  portalApiKey,
  createPortalApi({
    baseUrl: window.location.origin,
    fetch: (...call) => window.fetch(...call),
    onReachable: (response) => connection.sawAnswer(response),
    onUnreachable: () => connection.sawSilence(),
    onSignedOut: () => {
      useSessionStore(pinia).forget()
      queries.clear()
      const { fullPath, meta } = router.currentRoute.value
      if (meta.audience === 'everybody') return
      void router.replace({ name: doorOf(meta.audience), query: { return: fullPath, ended: '1' } })
    },
  }),
)

app.use(router)
app.use(VueQueryPlugin, { queryClient: queries })
app.use(createPortalVuetify())
app.mount('#app')
