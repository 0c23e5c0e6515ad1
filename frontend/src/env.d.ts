/// <reference types="vite/client" />

// Style-only packages have no types of their own.
declare module '@fontsource-variable/*'
declare module 'vuetify/styles/core'
