import { fileURLToPath, URL } from 'node:url'

import vue from '@vitejs/plugin-vue'
import vuetify from 'vite-plugin-vuetify'
import { defineConfig } from 'vitest/config'

/** Where the control plane listens while developing; the mock in `dev/` takes its place with `BRIHASPATI_API`. */
const api = process.env.BRIHASPATI_API ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [vue(), vuetify()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // Found at the start rather than at the first visit of a lazy page, which would reload it.
  optimizeDeps: { entries: ['index.html', 'src/**/*.{ts,vue}', '!src/**/*.spec.ts'], exclude: ['vuetify'] },
  server: {
    host: '127.0.0.1',
    port: 5173,
    // The API refuses writes whose Origin is not its own, so the proxy presents itself as the same origin.
    proxy: { '/api': { target: api, headers: { origin: api } } },
  },
  build: {
    target: 'es2022',
    // The content security policy allows data: for images only; fonts stay files.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.spec.ts'],
    restoreMocks: true,
    // The first test of a page also waits for its modules to be transformed.
    testTimeout: 30_000,
    server: { deps: { inline: ['vuetify'] } },
  },
})
