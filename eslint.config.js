// What Biome cannot see: floating promises, switches that forget a case, sizes, and impurity in core.
import tseslint from 'typescript-eslint'

const tests = ['**/*.test.ts', '**/*.fixture.ts', 'emulator-tests/**']
const impure = (selector, message) => ({ selector, message: `Core is pure: ${message}` })

const pureSyntax = [
  impure('MemberExpression[object.name="Date"][property.name="now"]', 'take the instant as an argument.'),
  impure('NewExpression[callee.name="Date"][arguments.length=0]', 'take the instant as an argument.'),
  impure('CallExpression[callee.name="Date"]', 'take the instant as an argument.'),
  impure('MemberExpression[object.name="Math"][property.name="random"]', 'draw it in platform/.'),
  impure('ImportExpression', 'import statically.'),
  impure('ThrowStatement', 'return a Result; for a bug call invariant().'),
]
const unawaited = [
  impure(':function[async=true]', 'nothing here waits.'),
  impure('AwaitExpression', 'nothing here waits.'),
]

export default [
  {
    ignores: [
      '**/node_modules/',
      '.build/',
      '.local/',
      'functions/lib/',
      'sdk/src/generated/',
      'sdk/dist/',
      'console/',
      'dev/stubs/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['{core,functions,sdk,emulators,emulator-tests,dev}/**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['{core,functions,sdk,emulators,emulator-tests,dev}/**/*.ts'],
    ignores: tests,
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 40 }],
      'max-params': ['error', { max: 4 }],
    },
  },
  {
    files: ['core/src/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'fetch', 'setTimeout', 'setInterval', 'console', 'performance', 'crypto', 'Buffer'].map(
          (name) => ({
            name,
            message: 'Core is pure: take what it would give as an argument.',
          }),
        ),
      ],
      'no-restricted-syntax': ['error', ...pureSyntax, ...unawaited],
    },
  },
  {
    // The one place where core waits: for the key and the signature check that a host hands in.
    files: ['core/src/tokens/{verify-access-token,check-es256}.ts'],
    rules: { 'no-restricted-syntax': ['error', ...pureSyntax] },
  },
]
