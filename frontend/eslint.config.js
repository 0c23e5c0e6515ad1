import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['dist/', 'src/api/schema.d.ts'] },
  tseslint.configs.recommended,
  tseslint.configs.stylistic,
  vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    files: ['**/*.ts', '**/*.vue'],
    // The type checker knows which names exist.
    rules: { 'no-undef': 'off' },
  },
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-macros-order': 'error',
      'vue/html-button-has-type': 'error',
      'vue/no-unused-refs': 'error',
      'vue/padding-line-between-blocks': 'error',
      // Vuetify's slot names (`item.name`, `prepend-inner`) are its own.
      'vue/valid-v-slot': ['error', { allowModifiers: true }],
    },
  },
  {
    files: ['dev/**'],
    rules: { 'no-console': 'off' },
  },
  prettier,
)
