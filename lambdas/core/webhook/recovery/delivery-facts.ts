/**
 * The facts of a provider's list of deliveries, in its connector's manifest. The infrastructure reads them too, so this
 * file imports nothing.
 */
export interface DeliveryFacts {
  /** The provider's limit; a recovery uses a share of it. */
  readonly requestsPerHour: number
  /** How long the provider lists a failed delivery and sends it again, in hours. */
  readonly keptHours: number
  /** How long after newer ones a delivery is usually listed: every run reads back this much. */
  readonly lagSeconds: number
  /** How late a delivery may occasionally be listed: this much is reread every ten minutes. */
  readonly lookBackSeconds: number
}
