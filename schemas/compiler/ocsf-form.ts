import { z } from 'zod'
import { globFault } from '../glob.ts'
import { actorTypes, eventColumns, type statusIds } from '../ocsf.ts'

/** The form of the part `ocsf` of a schema file: what its rows mean in the view `all_events`. */

const path = z
  .string()
  .regex(
    /^[^.\s]+(?:\.[^.\s]+)*$/,
    'must be names joined by dots, with [] behind a list, for example event.targets[].id',
  )

const globs = z
  .array(
    z
      .string()
      .min(1)
      .superRefine((glob, context) => {
        const fault = globFault(glob)
        if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
      }),
  )
  .min(1)

/** Path of a member -> texts of which it has one. */
export type ConditionForm = z.infer<typeof condition>

const condition = z
  .record(path, globs)
  .meta({ description: 'Members and the texts of which each has one; * stands for any text, {a,b} for a choice' })

/** The path of a member, or that under a condition. */
export type SourceForm = z.infer<typeof sources>[number]

const sources = z
  .array(z.union([path, z.strictObject({ from: path, when: condition })]))
  .min(1)
  .meta({ description: 'Paths of members in the order of trying; {from: …, when: …} counts only under a condition' })

const cases = <Names extends Readonly<Record<string, string>>>(names: z.ZodEnum<Names>) =>
  z.array(z.strictObject({ is: names, when: condition.optional() })).min(1)

const statusNames = ['Success', 'Failure', 'Unknown'] as const satisfies readonly (keyof typeof statusIds)[]

/** `OcsfMapping` says what it means. */
export type OcsfForm = z.infer<typeof ocsfForm>

export const ocsfForm = z.strictObject({
  operation: z.array(path).min(1).optional().meta({
    description: 'Members that name the operation, joined by dots; without a first one the log type names it',
  }),
  columns: z
    .strictObject(Object.fromEntries(eventColumns.map((column) => [column, sources.optional()])))
    .meta({ description: 'Columns of all_events and the members that fill them' }),
  actorType: cases(z.enum(actorTypes)).optional().meta({ description: 'What acted; the first case that holds' }),
  status: cases(z.enum(statusNames))
    .optional()
    .meta({ description: 'How it ended; the first case that holds, else Success' }),
  resources: z
    .array(
      z.strictObject({
        type: z
          .string()
          .regex(/^[a-z]+(?:_[a-z]+)*$/, 'must be words in lower case joined by underscores')
          .optional(),
        typeFrom: path.optional().meta({ description: 'In place of type: the member that names it' }),
        name: sources.optional(),
        uid: sources.optional(),
      }),
    )
    .min(1)
    .optional()
    .meta({ description: 'What was acted on; the first that has a name or an id' }),
  classes: z.array(z.strictObject({ class: z.string(), activities: z.record(z.string(), globs) })).meta({
    description:
      'OCSF classes, and of each activity the operations that are one; the first match decides. By Verb takes the activity from the words of the operation',
  }),
})
