import type { Simulators } from '../shared/simulator.ts'
import { startHexSender } from './webhooks.ts'

export const simulators: Simulators = {
  'hex-webhook': {
    needs: ['header'],
    send: ({ url, secret, options, seed }) => startHexSender({ url, secret, headerName: String(options.header), seed }),
  },
}
